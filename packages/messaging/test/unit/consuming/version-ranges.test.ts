import fc from 'fast-check';
import { expect, test } from 'vitest';
import { addRange, containsVersion, removeVersion, type VersionRange } from '../../../src/consuming/version-ranges.ts';

const range = fc
  .tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 8 }))
  .map(([from, length]): VersionRange => ({ from, to: from + length }));

function versionsIn(ranges: readonly VersionRange[]): Set<number> {
  return new Set(ranges.flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, index) => from + index)));
}

test('ranges hold what a plain set of versions holds, however they are added and removed', () => {
  const step = fc.oneof(
    range.map((added) => ({ added })),
    fc.integer({ min: 1, max: 50 }).map((removed) => ({ removed })),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
      let ranges: readonly VersionRange[] = [];
      const model = new Set<number>();
      for (const change of steps) {
        if ('added' in change) {
          ranges = addRange(ranges, change.added);
          for (const version of versionsIn([change.added])) model.add(version);
        } else {
          ranges = removeVersion(ranges, change.removed);
          model.delete(change.removed);
        }
      }
      expect(versionsIn(ranges)).toEqual(model);
      for (let version = 1; version <= 50; version += 1)
        expect(containsVersion(ranges, version)).toBe(model.has(version));
    }),
  );
});

test('ranges that touch are kept as one', () => {
  expect(addRange([{ from: 1, to: 2 }], { from: 3, to: 4 })).toEqual([{ from: 1, to: 4 }]);
});

test('an empty range adds nothing', () => {
  expect(addRange([{ from: 1, to: 2 }], { from: 5, to: 4 })).toEqual([{ from: 1, to: 2 }]);
});
