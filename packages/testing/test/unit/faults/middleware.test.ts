import type { LogRecord, RecordBatch } from '@waybill/messaging';
import { describe, expect, it, vi } from 'vitest';
import { Disturbance } from '../../../src/faults/middleware.ts';

const scope = { consumer: 'orders.fulfilment', kind: 'projection' } as const;
/** Holds every record back for 100 ms. */
const holdAll = {
  seed: 1,
  delayOneOf: 1,
  delayMs: [100, 100],
  withholdOneOf: 0,
  withholdMs: 0,
  kill: undefined,
} as const;

function batch(...offsets: number[]): RecordBatch {
  const records = offsets.map((offset): LogRecord => ({
    topic: 'orders.order',
    partition: 0,
    offset: BigInt(offset),
    timestamp: 0,
    key: 'o1',
    value: null,
    headers: {},
  }));
  return { topic: 'orders.order', partition: 0, records, nextOffset: BigInt((offsets.at(-1) ?? -1) + 1) };
}

describe('a disturbance', () => {
  it('delivers what it held later, and moves the position with the last of it', async () => {
    vi.useFakeTimers();
    try {
      const delivered: RecordBatch[] = [];
      const deliver = new Disturbance(holdAll).middleware(async (passed) => void delivered.push(passed), scope);
      await deliver(batch(0, 1));
      expect(delivered).toEqual([]);
      await vi.advanceTimersByTimeAsync(100);
      expect(delivered.map(({ records, nextOffset }) => [records.map(({ offset }) => offset), nextOffset])).toEqual([
        [[0n], 1n],
        [[1n], 2n],
      ]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('tries again when delivering a held record fails, so that it is never lost', async () => {
    vi.useFakeTimers();
    try {
      const delivered: RecordBatch[] = [];
      let failures = 2;
      const deliver = new Disturbance(holdAll).middleware(async (passed) => {
        failures -= 1;
        if (failures >= 0) throw new Error('The database is away.');
        delivered.push(passed);
      }, scope);
      await deliver(batch(0));
      await vi.advanceTimersByTimeAsync(1000);
      expect(delivered.map(({ nextOffset }) => nextOffset)).toEqual([1n]);
    } finally {
      vi.useRealTimers();
    }
  });

  it('delivers to a consumer that was started again, and to the one before it nothing more', async () => {
    vi.useFakeTimers();
    try {
      const delivered: string[] = [];
      const { middleware } = new Disturbance(holdAll);
      const first = middleware(async ({ nextOffset }) => void delivered.push(`first ${nextOffset}`), scope);
      await first(batch(0));
      const second = middleware(async ({ nextOffset }) => void delivered.push(`second ${nextOffset}`), scope);
      await second(batch(0));
      await vi.advanceTimersByTimeAsync(1_000);
      expect(delivered).toEqual(['second 1']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('moves the position past nothing of a batch that failed', async () => {
    vi.useFakeTimers();
    try {
      const delivered: RecordBatch[] = [];
      let isAway = false;
      const deliver = new Disturbance({ ...holdAll, delayOneOf: 3, seed: 7 }).middleware(async (passed) => {
        if (isAway && passed.records.length > 1) throw new Error('The database is away.');
        delivered.push(passed);
      }, scope);
      await deliver(batch(0, 1, 2, 3, 4, 5, 6, 7, 8, 9));
      const before = delivered.length;
      isAway = true;
      await expect(deliver(batch(10, 11, 12, 13, 14, 15, 16, 17, 18, 19))).rejects.toThrow('The database is away.');
      await vi.advanceTimersByTimeAsync(1_000);
      expect(delivered.length).toBeGreaterThan(before);
      expect(delivered.at(-1)?.nextOffset).toBe(10n);
      expect(delivered.every(({ records }) => records.every(({ offset }) => offset < 10n))).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('passes everything on unchanged when nothing is to be held', async () => {
    const delivered: RecordBatch[] = [];
    const calm = { ...holdAll, delayOneOf: 0 };
    const deliver = new Disturbance(calm).middleware(async (passed) => void delivered.push(passed), scope);
    await deliver(batch(0, 1));
    expect(delivered).toEqual([batch(0, 1)]);
  });
});
