import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  decideVersion,
  isCompareDue,
  progressOf,
  rebuildCheckpoint,
  tooManyFailed,
} from '../../src/operations/rebuild-checkpoint.ts';
import { isToBeCompared, isToBeSwapped, Nearness } from '../../src/operations/rebuild-nearness.ts';

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

describe('a generation', () => {
  test('is near once it has passed where its consumer was ten seconds ago', () => {
    const nearness = new Nearness();
    expect(nearness.see([at(0, 100n, 40n), at(1, 10n, 10n)], 0)).toBe('far');
    expect(nearness.see([at(0, 200n, 99n), at(1, 10n, 10n)], 5_000)).toBe('far');
    expect(nearness.see([at(0, 300n, 100n), at(1, 10n, 10n)], 9_000)).toBe('near');
    expect(nearness.see([at(0, 400n, 150n), at(1, 10n, 10n)], 11_000)).toBe('far');
    expect(nearness.see([at(0, 400n, 400n), at(1, 10n, 10n)], 12_000)).toBe('near');
    expect(nearness.see([at(0, 500n, 400n), at(1, 10n, 10n)], 22_000)).toBe('near for long');
  });

  test('is not near a consumer that has read nothing', () => {
    expect(new Nearness().see([at(0, undefined, undefined)], 0)).toBe('far');
  });

  test('is compared where it has all, or once it comes no nearer', () => {
    expect(isToBeCompared({ isAtPlace: true, waiting: 0 }, 'near')).toBe(true);
    expect(isToBeCompared({ isAtPlace: true, waiting: 1 }, 'near')).toBe(false);
    expect(isToBeCompared({ isAtPlace: false, waiting: 0 }, 'near')).toBe(false);
    expect(isToBeCompared({ isAtPlace: false, waiting: 1 }, 'near for long')).toBe(true);
    expect(isToBeCompared({ isAtPlace: true, waiting: 5_000 }, 'near for long')).toBe(false);
  });

  test('is swapped at the very place of its consumer alone, and waits a while for what is parked', () => {
    expect(isToBeSwapped({ isAtPlace: true, waiting: 0 }, 1_000, 1_000)).toBe(true);
    expect(isToBeSwapped({ isAtPlace: true, waiting: 2 }, 1_000, 3_999)).toBe(false);
    expect(isToBeSwapped({ isAtPlace: true, waiting: 2 }, 1_000, 4_000)).toBe(true);
    expect(isToBeSwapped({ isAtPlace: false, waiting: 0 }, 1_000, 99_000)).toBe(false);
    expect(isToBeSwapped({ isAtPlace: true, waiting: 2 }, undefined, 99_000)).toBe(false);
  });
});

describe('a deployment that comes to a rebuild', () => {
  const begunBy = (version: string | undefined) => rebuildCheckpoint(version === undefined ? {} : { version });

  test('goes on with what it has begun, and notes that it is the first', () => {
    expect(decideVersion(begunBy('1.0'), '1.0')).toEqual({ isNew: false, problem: undefined });
    expect(decideVersion(begunBy(undefined), '1.0')).toEqual({ isNew: true, problem: undefined });
  });

  test('does not go on by itself with what another has begun', () => {
    const { isNew, problem } = decideVersion(begunBy('1.0'), '1.1');
    expect(isNew).toBe(true);
    expect(problem).toMatch(/^Version 1\.1 .* version 1\.0 .* resume it; else cancel it/);
  });

  test('is not told from another when it does not say what it is', () => {
    expect(decideVersion(begunBy('1.0'), undefined)).toEqual({ isNew: false, problem: undefined });
    expect(decideVersion(begunBy(undefined), undefined)).toEqual({ isNew: false, problem: undefined });
  });
});
