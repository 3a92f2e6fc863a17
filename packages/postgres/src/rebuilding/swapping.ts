import type { Queryable } from '@waybill/messaging';
import { adoptParked, type ReconciledParked } from './adopting-parked.ts';
import { moveGeneration, type GenerationRow } from './generations.ts';
import { type LivingTable, quoted } from './living-tables.ts';
import { adoptEntities, type SetBack } from './adopting-entities.ts';
import { SwapRefusedError } from './swap-refused.ts';

/** What is swapped, as it was prepared while the living consumer stood still. */
export interface PreparedSwap {
  readonly generation: GenerationRow;
  /** The projection's own tables. */
  readonly tables: readonly LivingTable[];
  /** The topics that the projection reads; a position of another is of no account. */
  readonly topics: readonly string[];
  /** `topic/partition` of those whose position the living consumer has lost: it goes on from the generation's. */
  readonly lost: ReadonlySet<string>;
  /** Entities with which the generation has not got as far; see `forgetSetBack`. */
  readonly setBack: readonly SetBack[];
}

export interface Swapped extends ReconciledParked {
  /** Entities whose version is another now. */
  readonly entities: number;
  /** Since when readers of the tables wait, as `performance.now()` has it. */
  readonly lockedAt: number;
}

/**
 * Milliseconds that it waits for whoever writes: nobody queues behind it, and an autovacuum gives way after a second. Readers
 * do queue behind the change of schema, so that waits for less.
 */
const WRITERS_MS = 1_500;
const READERS_MS = 500;

/**
 * Puts a generation in the place of the living one, in the caller's transaction: positions, entities, parked events and
 * tables together, or nothing. Readers of the tables are held up from their change of schema to the commit, so do little after it.
 * Whoever wrote to them is waited for, and whoever comes later writes to the new ones.
 *
 * @throws {SwapRefusedError}, or a lock timeout (55P03) or deadlock of the database: roll back, and try again.
 */
export async function swapGeneration(tx: Queryable, swap: PreparedSwap): Promise<Swapped> {
  const { job, consumer, name } = swap.generation;
  await waitAtMost(tx, WRITERS_MS);
  // Whoever works in the generation has ended with this, and whoever begins sees that it is over.
  if ((await moveGeneration(tx, job, { from: 'building', to: 'swapped' })) === undefined)
    throw new SwapRefusedError(`${name} is not being built any more.`);
  await equalPositions(tx, swap);
  // Handlers of the living consumer that write now are waited for, and what they did is seen below; readers go on.
  for (const { schema, name: table } of swap.tables) {
    for (const place of [schema, swap.generation.schema])
      await tx.query(`LOCK TABLE ${quoted(place)}.${quoted(table)} IN SHARE ROW EXCLUSIVE MODE`);
  }
  const entities = await adoptEntities(tx, swap.generation, swap.setBack);
  const parked = await adoptParked(tx, swap.generation);
  await wakeWaitersFor(tx, consumer);
  await tx.query(`CREATE SCHEMA ${quoted(swap.generation.retiredSchema)}`);
  await waitAtMost(tx, READERS_MS);
  const lockedAt = performance.now();
  for (const table of swap.tables) {
    await tx.query(`ALTER TABLE ${nameOf(table)} SET SCHEMA ${quoted(swap.generation.retiredSchema)}`);
    await tx.query(
      `ALTER TABLE ${quoted(swap.generation.schema)}.${quoted(table.name)} SET SCHEMA ${quoted(table.schema)}`,
    );
  }
  return { entities, lockedAt, ...parked };
}

async function waitAtMost(tx: Queryable, ms: number): Promise<void> {
  await tx.query(`SELECT set_config('lock_timeout', $1, true)`, [`${ms}ms`]);
}

function nameOf({ schema, name }: LivingTable): string {
  return `${quoted(schema)}.${quoted(name)}`;
}

/** Locks all positions of both, so that no batch commits beside this, and holds them against each other. */
async function equalPositions(tx: Queryable, { generation, topics, lost }: PreparedSwap): Promise<void> {
  const { rows } = await tx.query(
    `SELECT consumer, topic, partition, next_offset FROM waybill.consumer_position
      WHERE consumer = ANY ($1::text[]) AND topic = ANY ($2::text[]) ORDER BY consumer, topic, partition FOR UPDATE`,
    [[generation.consumer, generation.name], topics],
  );
  const positions = new Map<string, { living?: string; made?: string }>();
  for (const row of rows) {
    const place = `${String(row['topic'])}/${String(row['partition'])}`;
    if (typeof row['next_offset'] !== 'string') continue;
    const side = row['consumer'] === generation.consumer ? 'living' : 'made';
    positions.set(place, { ...positions.get(place), [side]: row['next_offset'] });
  }
  for (const [place, { living, made }] of positions) {
    if (living === made) continue;
    if (made === undefined || !lost.has(place))
      throw new SwapRefusedError(
        `${place}: ${generation.consumer} is at ${living ?? 'none'}, ${generation.name} at ${made ?? 'none'}.`,
      );
  }
  if (lost.size === 0) return;
  await tx.query(
    `INSERT INTO waybill.consumer_position AS p (consumer, topic, partition, next_offset)
     SELECT $1, topic, partition, next_offset FROM waybill.consumer_position
      WHERE consumer = $2 AND topic || '/' || partition = ANY ($3::text[])
     ON CONFLICT (consumer, topic, partition) DO UPDATE
        SET next_offset = excluded.next_offset, epoch = p.epoch + 1, updated_at = now()`,
    [generation.consumer, generation.name, [...lost]],
  );
}

/** What waits for an entity of the projection looks again: it may have it now. */
async function wakeWaitersFor(tx: Queryable, projection: string): Promise<void> {
  await tx.query(
    `UPDATE waybill.parked SET due_at = now() WHERE waits_for IS NOT NULL AND starts_with(waits_for, $1) AND reason = 'dependency'`,
    [`${projection} `],
  );
}
