import type { LogRecord, RecordBatch } from '@waybill/messaging';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HeldRecords } from '../../../src/faults/held-records.ts';

function record(offset: number): LogRecord {
  return {
    topic: 'orders.order',
    partition: 0,
    offset: BigInt(offset),
    timestamp: 0,
    key: 'o1',
    value: null,
    headers: {},
  };
}

function batch(...offsets: number[]): RecordBatch {
  const nextOffset = BigInt((offsets.at(-1) ?? -1) + 1);
  return { topic: 'orders.order', partition: 0, records: offsets.map(record), nextOffset };
}

const offsetsOf = (records: readonly LogRecord[]) => records.map(({ offset }) => Number(offset));
const holding =
  (...offsets: number[]) =>
  ({ offset }: LogRecord) =>
    offsets.includes(Number(offset));

describe('held records', () => {
  it('are taken out of their batch, whose position stays before them', () => {
    const { passed, held } = new HeldRecords().split(batch(0, 1, 2, 3), holding(1));
    expect(offsetsOf(passed.records)).toEqual([0, 2, 3]);
    expect(offsetsOf(held)).toEqual([1]);
    expect(passed.nextOffset).toBe(1n);
  });

  it('hold the position of later batches back too', () => {
    const records = new HeldRecords();
    records.split(batch(0, 1), holding(1));
    expect(records.split(batch(2, 3), holding()).passed.nextOffset).toBe(1n);
  });

  it('let the position catch up when the last of them is released', () => {
    const records = new HeldRecords();
    const { held } = records.split(batch(0, 1, 2, 3), holding(1, 2));
    const [first, second] = held;
    if (first === undefined || second === undefined) throw new Error('Two records should be held.');
    expect(records.release(first)?.nextOffset).toBe(2n);
    expect(records.release(second)?.nextOffset).toBe(4n);
  });

  it('are not released twice', () => {
    const records = new HeldRecords();
    const [held] = records.split(batch(0, 1), holding(0)).held;
    if (held === undefined) throw new Error('One record should be held.');
    records.release(held);
    expect(records.release(held)).toBeUndefined();
  });

  it('are forgotten when the log reads their partition again', () => {
    const records = new HeldRecords();
    const [held] = records.split(batch(5, 6, 7), holding(6)).held;
    if (held === undefined) throw new Error('One record should be held.');
    const again = records.split(batch(6, 7), holding());
    expect(offsetsOf(again.passed.records)).toEqual([6, 7]);
    expect(again.passed.nextOffset).toBe(8n);
    expect(records.release(held)).toBeUndefined();
  });

  it('would make records come again only when later ones were passed on', () => {
    const records = new HeldRecords();
    records.split(batch(0, 1), holding(1));
    expect(records.wouldRepeat).toBe(false);
    records.split(batch(2), holding());
    expect(records.wouldRepeat).toBe(true);
  });

  it('never let the position pass one that is still held, whatever is held and released', () => {
    const sizes = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(sizes, fc.infiniteStream(fc.boolean()), (lengths, lots) => {
        const lot = () => lots.next().value === true;
        const records = new HeldRecords();
        const waiting: LogRecord[] = [];
        const delivered: number[] = [];
        const positions: [number, number[]][] = [];
        const note = (sent: RecordBatch) => {
          delivered.push(...offsetsOf(sent.records));
          positions.push([Number(sent.nextOffset), offsetsOf(waiting)]);
        };
        let next = 0;
        for (const length of lengths) {
          const fates = new Set(Array.from({ length }, (_, index) => next + index).filter(lot));
          const { passed, held } = records.split(
            batch(...Array.from({ length }, (_, index) => next + index)),
            ({ offset }) => fates.has(Number(offset)),
          );
          waiting.push(...held);
          note(passed);
          next += length;
          while (waiting.length > 0 && lot()) {
            const released = waiting.shift();
            const late = released === undefined ? undefined : records.release(released);
            if (late !== undefined) note(late);
          }
        }
        for (const released of waiting.splice(0)) {
          const late = records.release(released);
          if (late !== undefined) note(late);
        }
        expect(positions.every(([position, held]) => held.every((offset) => position <= offset))).toBe(true);
        expect(delivered.sort((a, b) => a - b)).toEqual(Array.from({ length: next }, (_, index) => index));
        expect(positions.at(-1)?.[0]).toBe(next);
      }),
    );
  });
});
