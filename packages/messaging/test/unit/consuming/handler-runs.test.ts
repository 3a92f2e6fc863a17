import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Runnable, runsOf } from '../../../src/consuming/handler-runs.ts';

interface Numbered extends Runnable {
  readonly number: number;
}

const placed = {};
const shipped = {};

function calls(...each: readonly (readonly [entity: string, together?: object | undefined])[]): readonly Numbered[] {
  return each.map(([entity, together], number) => ({ number, entity, together }));
}

function numbers(runs: readonly (readonly Numbered[])[]): readonly (readonly number[])[] {
  return runs.map((run) => run.map(({ number }) => number));
}

const anyCalls = fc
  .array(fc.tuple(fc.constantFrom('a', 'b', 'c', 'd'), fc.constantFrom(placed, shipped, undefined)), { maxLength: 60 })
  .map((each) => calls(...each));

describe('the runs of a transaction', () => {
  it('are one for the events of one batch handler', () => {
    expect(numbers(runsOf(calls(['a', placed], ['b', placed], ['a', placed])))).toEqual([[0, 1, 2]]);
  });

  it('take in what comes later of other entities, also past another handler', () => {
    expect(numbers(runsOf(calls(['a', placed], ['b', shipped], ['c', placed], ['d', shipped])))).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('begin anew when another handler stands between two events of an entity', () => {
    expect(numbers(runsOf(calls(['a', placed], ['a', shipped], ['a', placed], ['b', placed])))).toEqual([
      [0],
      [1],
      [2, 3],
    ]);
  });

  it('keep each entity’s events in their order, and each run’s, and hold each call once and with its own', () => {
    fc.assert(
      fc.property(anyCalls, (all) => {
        const runs = runsOf(all);
        const flat = runs.flat();
        expect(flat.map(({ number }) => number).toSorted((a, b) => a - b)).toEqual(all.map(({ number }) => number));
        for (const entity of ['a', 'b', 'c', 'd']) {
          const order = flat.filter((call) => call.entity === entity).map(({ number }) => number);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
        }
        for (const run of runs) {
          const order = run.map(({ number }) => number);
          expect(order).toEqual(order.toSorted((a, b) => a - b));
          expect(new Set(run.map(({ together }) => together)).size).toBe(1);
        }
      }),
    );
  });
});
