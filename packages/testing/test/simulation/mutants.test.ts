import { describe, expect, it } from 'vitest';
import { consumingMutants, publishingMutants } from '../../src/mutants/index.ts';
import { runSeeds } from '../../src/simulation/index.ts';
import { numberFrom, tell } from './story.ts';

/** Seeds within which each mistake must be found. */
const BOUND = 2_000;

describe.skipIf(numberFrom('WAYBILL_SIMULATION_SEED') !== undefined)('the simulation finds', () => {
  it.concurrent.each([...publishingMutants, ...consumingMutants])(
    '$name',
    async (mutant) => {
      const { held, failed } = await runSeeds({ from: 1, count: BOUND, threads: 1, mutant, until: 'first failure' });
      const found = failed[0];
      const { invariant, what } = found?.violations[0] ?? {};
      tell(
        found === undefined
          ? `mutant not found in ${held} seeds: ${mutant.name}`
          : `mutant found at seed ${found.seed} after ${held + failed.length} seeds by ${invariant}: ${mutant.name}`,
      );
      expect(found, `no seed up to ${BOUND} shows that ${mutant.why}`).toBeDefined();
      expect(what).toBeDefined();
    },
    300_000,
  );
});
