import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { consumingMutants, operatingMutants, publishingMutants } from '../../src/mutants/index.ts';
import { runSeeds } from '../../src/simulation/index.ts';
import { numberFrom, tell } from './story.ts';

const mutants = [...publishingMutants, ...consumingMutants, ...operatingMutants];
const guide = new URL('../../../../docs/guide/simulation.md', import.meta.url);

/** Seeds within which the guide says that each mistake is found: rows of a name, why, and a number. */
const bounds = new Map(
  [...readFileSync(guide, 'utf8').matchAll(/^\| ([^|]+?) +\| [^|]+\| +([\d,]+) +\|$/gm)].map((row) => [
    row[1] ?? '',
    Number(row[2]?.replaceAll(',', '')),
  ]),
);

describe.skipIf(numberFrom('WAYBILL_SIMULATION_SEED') !== undefined)('the simulation', () => {
  it('has its mistakes in the guide, and no other', () => {
    expect([...bounds.keys()]).toEqual(mutants.map(({ name }) => name));
  });

  it.concurrent.each(mutants)(
    'finds $name',
    async (mutant) => {
      const bound = bounds.get(mutant.name) ?? 1;
      const { held, failed } = await runSeeds({ from: 1, count: bound, threads: 1, mutant, until: 'first failure' });
      const found = failed[0];
      tell(
        found === undefined
          ? `mutant not found in ${held} seeds: ${mutant.name}`
          : `mutant found at seed ${found.seed}, by ${found.violations[0]?.invariant ?? ''}: ${mutant.name}`,
      );
      expect(found, `no seed up to ${bound} shows that ${mutant.why}`).toBeDefined();
    },
    900_000,
  );
});
