import { canFollow, ClusterChangedError, deltaOf, type Queryable, SHARDS, StandbyError } from '@waybill/messaging';
import { chunkSql, LOWEST, pollSql } from './poll-sql.ts';

/** An aggregate with events that its reader has not passed. */
export interface ChangedAggregate {
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
}

const ROWS = 5_000;
const ALL_SHARDS = Array.from({ length: SHARDS }, (_, shard) => shard);
const columns = (alias: string): string =>
  ['position', 'kind', 'tenant', 'aggregatetype', 'aggregateid'].map((name) => `${alias}.${name}`).join(', ');

/**
 * The aggregates that changed between the snapshot `prev` and now, in portions, each of which names an aggregate once;
 * and the snapshot to go on from when all were dealt with. The statements run outside any transaction.
 */
export async function changedSince(
  db: Queryable,
  prev: string,
): Promise<{ readonly next: string; readonly portions: AsyncIterable<readonly ChangedAggregate[]> }> {
  const { from, inFlight } = deltaOf({ prev, backlog: undefined });
  const { rows } = await db.query(pollSql(ROWS, columns), [from, inFlight, ALL_SHARDS]);
  if (rows[0]?.['standby'] === true) throw new StandbyError();
  const next = String(rows[0]?.['snap']);
  if (!canFollow(prev, next))
    throw new ClusterChangedError(`The snapshotter's cursor ${prev} is ahead of the database at ${next}`);
  return { next, portions: rows.length > ROWS ? inChunks(db, prev, next) : once(distinct(rows)) };
}

async function* once(portion: readonly ChangedAggregate[]): AsyncIterable<readonly ChangedAggregate[]> {
  if (portion.length > 0) yield portion;
}

async function* inChunks(db: Queryable, prev: string, target: string): AsyncIterable<readonly ChangedAggregate[]> {
  const { from, inFlight, to } = deltaOf({ prev, backlog: { target, position: 0 } });
  const { rows: lowest } = await db.query(LOWEST, [from, inFlight]);
  let position = Number(Object.values(lowest[0] ?? {})[0] ?? 1) - 1;
  for (;;) {
    const values = [from, inFlight, ALL_SHARDS, to.xmax, to.inFlight, position];
    const { rows } = await db.query(chunkSql(ROWS, columns), values);
    yield distinct(rows);
    if (rows.length < ROWS) return;
    position = Number(rows.at(-1)?.['position']);
  }
}

function distinct(rows: readonly Record<string, unknown>[]): readonly ChangedAggregate[] {
  const found = new Map<string, ChangedAggregate>();
  for (const row of rows) {
    if (row['kind'] !== 'event') continue;
    const aggregate = {
      tenant: String(row['tenant']),
      aggregateType: String(row['aggregatetype']),
      aggregateId: String(row['aggregateid']),
    };
    found.set(JSON.stringify(aggregate), aggregate);
  }
  return [...found.values()];
}
