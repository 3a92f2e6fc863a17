import { type ConsumerDefinition, topicsOf } from '@waybill/messaging';
import {
  compareEntities,
  compareTable,
  deadOfGeneration,
  type GenerationRow,
  inspectTables,
  positionPairs,
  transaction,
} from '@waybill/postgres';
import type pg from 'pg';
import type { RebuildReport } from './rebuild-api.ts';
import { defined } from './views.ts';

/** Holds a generation against the living projection, in one snapshot of the database. */
export async function compareGeneration(
  pool: pg.Pool,
  definition: ConsumerDefinition,
  generation: GenerationRow,
): Promise<RebuildReport> {
  const own = definition.tables.filter(({ kept }) => kept !== 'apart');
  return transaction(
    pool,
    async (tx) => {
      const pairs = await positionPairs(tx, generation, topicsOf(definition));
      const { tables: living } = await inspectTables(tx, own);
      const tables = [];
      for (const { name, uncompared } of own) {
        const table = living.find((each) => each.name === name);
        if (table !== undefined) tables.push(await compareTable(tx, table, generation, uncompared));
      }
      const { examples, ...entities } = await compareEntities(tx, definition.name, generation.name);
      const { failures, ...parked } = await deadOfGeneration(tx, generation.name);
      return {
        generation: generation.name,
        comparedAt: new Date().toISOString(),
        partitionsApart: pairs.filter((pair) => pair.living !== pair.generation).length,
        tables: tables.map((table) => ({
          ...table,
          columns: [...table.columns],
          examples: {
            different: [...table.examples.different],
            onlyOld: [...table.examples.onlyOld],
            onlyNew: [...table.examples.onlyNew],
          },
        })),
        entities: { ...entities, examples: examples.map((example) => defined(example)) },
        parked: { ...parked, failures: [...failures] },
      };
    },
    { mode: 'one-snapshot' },
  );
}
