import { describe, expect, test } from 'vitest';
import { decideStart, HistoryLostError } from '../../../src/consuming/assignment.ts';

const claim = (nextOffset: bigint | undefined) => ({
  consumer: 'shop.orders',
  topic: 'orders.order',
  partition: 0,
  epoch: 1n,
  nextOffset,
});
const bounds = (low: bigint, high: bigint, committed?: bigint) => ({
  topic: 'orders.order',
  partition: 0,
  low,
  high,
  committed,
  offsetAt: async () => high,
});

describe('where a partition is read from', () => {
  test('is the stored position, whatever the group committed', () => {
    expect(decideStart(claim(7n), bounds(0n, 20n, 15n))).toEqual({ start: 'stored', offset: 7n });
  });

  test('is the policy for new readers when nothing was read before', () => {
    expect(decideStart(claim(undefined), bounds(0n, 20n))).toEqual({ start: 'first' });
  });

  test.each([
    ['the log no longer has the position', claim(7n), bounds(8n, 20n, 7n)],
    ['the log ends before the position', claim(21n), bounds(0n, 20n, 20n)],
    ['the group committed but the database holds no position', claim(undefined), bounds(0n, 20n, 15n)],
  ])('is nowhere when %s: history is lost, and nothing is skipped', (_, claimed, seen) => {
    expect(() => decideStart(claimed, seen)).toThrow(HistoryLostError);
  });

  test('may be the very end or the very beginning of the log', () => {
    expect(decideStart(claim(20n), bounds(0n, 20n)).start).toBe('stored');
    expect(decideStart(claim(5n), bounds(5n, 20n)).start).toBe('stored');
  });
});
