import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sendRounds } from '../../src/send-rounds.ts';

interface Entry {
  readonly partition: number;
  readonly bytes: number;
  readonly index: number;
}

const entries = fc
  .array(fc.record({ partition: fc.nat({ max: 4 }), bytes: fc.integer({ min: 1, max: 150 }) }), { maxLength: 200 })
  .map((all) => all.map((each, index): Entry => ({ ...each, index })));

function rounds(all: readonly Entry[], maxBytes: number): Entry[][] {
  return sendRounds(
    all,
    ({ partition }) => partition,
    ({ bytes }) => bytes,
    maxBytes,
  );
}

describe('send rounds', () => {
  it('give no partition more than its bytes, unless one record is larger alone', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const groups = rounds(all, 100).flatMap((round) => [
          ...Map.groupBy(round, ({ partition }) => partition).values(),
        ]);
        const bytes = groups
          .filter(({ length }) => length > 1)
          .map((group) => group.reduce((sum, each) => sum + each.bytes, 0));
        expect(bytes.filter((each) => each > 100)).toEqual([]);
      }),
    );
  });

  it('keep every record, and the order of each partition', () => {
    fc.assert(
      fc.property(entries, (all) => {
        const order = (list: readonly Entry[]): unknown => Object.groupBy(list, ({ partition }) => partition);
        expect(order(rounds(all, 100).flat())).toEqual(order(all));
      }),
    );
  });
});
