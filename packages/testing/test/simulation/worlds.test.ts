import { beforeAll, describe, expect, it } from 'vitest';
import { explain, makePlan, type Outcome, runSeeds, type SeedsResult, simulate } from '../../src/simulation/index.ts';
import { numberFrom, tell, tracesDirectory } from './story.ts';

const THREADS = 2;
const one = numberFrom('WAYBILL_SIMULATION_SEED');
const count = one === undefined ? (numberFrom('WAYBILL_SIMULATION_SEEDS') ?? 1_000) : 1;
const from = one ?? 1;

/** What is promised, in the words of docs/guarantees.md. */
const promises = {
  I1: 'nothing is lost',
  I2: 'nothing is invented',
  I3: 'an event has one effect, for ever',
  I4: 'an entity’s events take effect in the order of their versions',
  I5: 'a projection is the fold of its source’s events',
  I6: 'a holder that was replaced commits and sends nothing',
  I7: 'what was begun is complete',
  I8: 'nothing vanishes, at any moment',
  rest: 'a world comes to rest once faults end, and its processes stop when they are asked to',
} as const;

describe(`the worlds of the seeds ${from} to ${from + count - 1}`, () => {
  let result: SeedsResult;

  beforeAll(async () => {
    const startedAt = performance.now();
    let done = 0;
    result = await runSeeds({
      from,
      count,
      threads: THREADS,
      until: 'end',
      onOutcome: (outcome) => {
        done += 1;
        for (const { invariant, what } of outcome.violations.slice(0, 1))
          tell(`seed ${outcome.seed}: ${invariant}: ${what}`);
        if (done % Math.ceil(count / 5) === 0 && done < count) tell(`${done} of ${count} seeds`);
      },
    });
    const seconds = (performance.now() - startedAt) / 1_000;
    tell(
      `${result.held} of ${count} seeds held, ${Math.round((count / seconds) * 60)} a minute, ${result.steps} steps`,
    );
  }, 60 * 60_000);

  it.each(Object.entries(promises))(
    'keep %s: %s',
    async (invariant) => {
      const [first, ...others] = result.failed.filter(({ violations }) => violations[0]?.invariant === invariant);
      if (first === undefined) return;
      const seeds = others.map(({ seed }) => seed).join(', ');
      expect.fail(
        `${await explain(makePlan(first.seed), tracesDirectory)}${seeds === '' ? '' : `\nSo do the seeds ${seeds}.`}`,
      );
    },
    300_000,
  );
});

describe.skipIf(one !== undefined)('a seed', () => {
  it('gives the same world each time, here and in another thread', async () => {
    const seeds = [3, 13, 21];
    const again: Outcome[] = [];
    await runSeeds({ from: 3, count: 19, threads: 1, until: 'end', onOutcome: (outcome) => again.push(outcome) });
    for (const seed of seeds) {
      const { hash, steps } = await simulate(makePlan(seed));
      expect(again.find((outcome) => outcome.seed === seed)).toMatchObject({ hash, steps });
      expect(await simulate(makePlan(seed))).toMatchObject({ hash, steps });
    }
    expect(new Set(again.map(({ hash }) => hash)).size).toBe(again.length);
  }, 120_000);
});
