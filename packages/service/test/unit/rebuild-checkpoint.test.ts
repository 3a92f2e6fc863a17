import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCompareDue, progressOf, rebuildCheckpoint, tooManyFailed } from '../../src/operations/rebuild-checkpoint.ts';

const at = (partition: number, living: bigint | undefined, generation: bigint | undefined) => ({
  ...{ topic: 'orders.order', partition, living, generation },
});

describe('the progress of a rebuild', () => {
  test('is counted from where each partition began, and remembered', () => {
    const begun = progressOf(rebuildCheckpoint({}), [at(0, 100n, 40n), at(1, 50n, undefined)]);
    expect(begun).toEqual({ starts: { 'orders.order/0': '40' }, total: 60n, taken: 0n });
    expect(progressOf(begun, [at(0, 110n, 90n), at(1, 50n, 10n)])).toEqual({
      ...{ starts: { 'orders.order/0': '40', 'orders.order/1': '10' }, total: 110n, taken: 50n },
    });
  });

  test('never takes more than there is, wherever the consumer is', () => {
    const offset = fc.bigInt({ min: 0n, max: 99n });
    const pairs = fc.array(fc.tuple(fc.option(offset, { nil: undefined }), fc.option(offset, { nil: undefined })));
    fc.assert(
      fc.property(pairs, (positions) => {
        const { taken, total } = progressOf(
          { starts: {} },
          positions.map(([living, generation], partition) => at(partition, living, generation)),
        );
        expect(taken).toBe(0n);
        expect(total).toBeGreaterThanOrEqual(taken);
      }),
    );
  });
});

test('a comparison takes a twentieth of the time at most, and is made every half minute at most', () => {
  const checkpoint = rebuildCheckpoint({ comparedAt: 1_000_000, compareMs: 100 });
  expect(isCompareDue(checkpoint, 1_029_999)).toBe(false);
  expect(isCompareDue(checkpoint, 1_030_000)).toBe(true);
  expect(isCompareDue({ ...checkpoint, compareMs: 5_000 }, 1_099_999)).toBe(false);
});

test('a rebuild is judged by its failures once there are enough of them', () => {
  expect(tooManyFailed(19, 19n, 0.2)).toBeUndefined();
  expect(tooManyFailed(20, 100n, 0.2)).toBeUndefined();
  expect(tooManyFailed(21, 100n, 0.2)).toContain('21 events failed');
});
