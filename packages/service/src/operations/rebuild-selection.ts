import { type ConsumerDefinition, type Queryable, whyNotRebuilt } from '@waybill/messaging';
import { inspectTables, type LivingTable, rebuildUnderWay } from '@waybill/postgres';
import { problem } from '../http/problem.ts';

/**
 * The tables that a rebuild makes anew.
 * @throws {ProblemError} 409 when the consumer cannot be rebuilt, with the object that stands in the way, or is being rebuilt.
 */
export async function needRebuildable(db: Queryable, definition: ConsumerDefinition): Promise<readonly LivingTable[]> {
  const why = whyNotRebuilt(definition);
  if (why !== undefined) throw problem(409, { code: 'ops.not-rebuildable', detail: why });
  const { tables, problems } = await inspectTables(db, definition.tables);
  if (problems.length > 0) {
    throw problem(409, {
      code: 'ops.not-rebuildable',
      detail: `${definition.name} cannot be rebuilt, since a new copy of its tables would lack this, or break it: ${problems.join('; ')}. Remove it, or mend the projection by other means.`,
    });
  }
  const other = await rebuildUnderWay(db, definition.name);
  if (other !== undefined) {
    throw problem(409, {
      code: 'ops.rebuild-under-way',
      detail: `${definition.name} is being rebuilt by the job ${other}. Swap it in or cancel it first.`,
    });
  }
  return tables;
}
