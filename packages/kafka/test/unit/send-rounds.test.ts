import fc from 'fast-check';
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
      fc.property(entries, (all) =>
        rounds(all, 100).every((round) =>
          Object.values(Object.groupBy(round, ({ partition }) => partition)).every(
            (group = []) => group.length === 1 || group.reduce((sum, { bytes }) => sum + bytes, 0) <= 100,
          ),
        ),
      ),
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
