import { type Logger, type OutboxStore, type Queryable, WaybillError } from '@waybill/messaging';
import { transaction, type ConnectionPool } from '../transaction.ts';
import { type ChangedAggregate, changedSince } from './changed-aggregates.ts';
import { type SnapshotSource, type SnapshotWriting, takeSnapshots } from './snapshot-record.ts';

export interface SnapshotterOptions extends SnapshotWriting {
  readonly pool: ConnectionPool & Queryable;
  readonly store: OutboxStore;
  readonly sources: readonly SnapshotSource[];
  readonly log: Logger;
  /** Tells the relay that snapshots were committed. */
  readonly wake: () => void;
  /** Milliseconds between two looks; 10,000 when left out. Snapshots must not lag by more than 60 s. */
  readonly intervalMs?: number;
}

export interface Snapshotter {
  /** Ends after the look under way. Idempotent. */
  stop(): Promise<void>;
  readonly ended: Promise<void>;
}

/** Aggregates whose state is read at once. */
const PORTION = 200;
const READER = 'snapshots';

/** Another process moved the snapshotter's cursor meanwhile; its work is enough. */
class CursorMovedError extends WaybillError {
  constructor() {
    super('snapshotter.cursor-moved', 'Another snapshotter has moved the cursor; nothing needs to be done.');
  }
}

/** Publishes a snapshot of every aggregate that changed, again and again. Of many processes one does the work at a time. */
export function startSnapshotter(options: SnapshotterOptions): Snapshotter {
  const { intervalMs = 10_000, log } = options;
  const stopping = new AbortController();
  let wakeUp: () => void = () => undefined;
  let failing = false;

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await publishSnapshots(options);
        if (failing) log.info({}, 'snapshots are published again');
        failing = false;
      } catch (error) {
        if (!failing) log.warn({ problem: error instanceof Error ? error.message : String(error) }, 'snapshots wait');
        failing = true;
      }
      if (stopping.signal.aborted) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, intervalMs);
        wakeUp = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  const ended = loop();
  return {
    ended,
    async stop() {
      stopping.abort();
      wakeUp();
      await ended;
    },
  };
}

/**
 * One look: snapshots of all aggregates that changed since the last, at their present versions. Answers how many were
 * published; 0 also when another process is at it.
 */
export async function publishSnapshots(options: Omit<SnapshotterOptions, 'log' | 'intervalMs'>): Promise<number> {
  const { pool, sources } = options;
  if (sources.length === 0) return 0;
  const lock = await pool.connect();
  try {
    const { rows } = await lock.query(`SELECT pg_try_advisory_lock(hashtextextended('waybill.snapshots', 0)) AS mine`);
    if (rows[0]?.['mine'] !== true) return 0;
    try {
      return await publishChanged(options);
    } catch (error) {
      // The lock is a saving; what keeps two apart behind a pooler that shares sessions is the cursor.
      if (error instanceof CursorMovedError) return 0;
      throw error;
    } finally {
      await lock.query(`SELECT pg_advisory_unlock(hashtextextended('waybill.snapshots', 0))`);
    }
  } finally {
    lock.release();
  }
}

async function publishChanged(options: Omit<SnapshotterOptions, 'log' | 'intervalMs'>): Promise<number> {
  const { pool, store, wake } = options;
  const { prev, token } = await claimCursor(pool);
  const { next, portions } = await changedSince(pool, prev);
  let published = 0;
  for await (const changed of portions) {
    for (const entries of snapshotsOf(options, changed)) {
      const ready = await entries;
      if (ready.length === 0) continue;
      await transaction(
        pool,
        async (tx) => {
          await requireClaim(tx, token);
          await store.append(tx, ready);
        },
        { committed: wake },
      );
      published += ready.length;
    }
  }
  // Moved only when all is written: a crash before this writes some snapshots twice, which is harmless.
  if (next !== prev) await saveCursor(pool, token, next);
  return published;
}

function* snapshotsOf(options: Omit<SnapshotterOptions, 'log' | 'intervalMs'>, changed: readonly ChangedAggregate[]) {
  for (const from of options.sources) {
    const byTenant = Map.groupBy(
      changed.filter(({ aggregateType }) => aggregateType === from.contract.aggregateType),
      ({ tenant }) => tenant,
    );
    for (const [tenant, aggregates] of byTenant) {
      for (let at = 0; at < aggregates.length; at += PORTION) {
        const ids = aggregates.slice(at, at + PORTION).map(({ aggregateId }) => aggregateId);
        yield takeSnapshots(options.pool, from, { tenant, ids }, options);
      }
    }
  }
}

/** Takes the cursor under a token of its own, so that an earlier holder can neither write nor save any more. */
async function claimCursor(db: Queryable): Promise<{ readonly prev: string; readonly token: string }> {
  const { rows } = await db.query(
    `INSERT INTO waybill.outbox_reader (name, prev, saved_at) VALUES ($1, '1:1:', clock_timestamp())
     ON CONFLICT (name) DO UPDATE SET saved_at = clock_timestamp() RETURNING prev::text, saved_at::text AS token`,
    [READER],
  );
  return { prev: String(rows[0]?.['prev']), token: String(rows[0]?.['token']) };
}

/** Without this, one who was overtaken could put an older snapshot behind a newer one, and compaction would keep that. */
async function requireClaim(tx: Queryable, token: string): Promise<void> {
  const { rows } = await tx.query(
    'SELECT 1 FROM waybill.outbox_reader WHERE name = $1 AND saved_at::text = $2 FOR UPDATE',
    [READER, token],
  );
  if (rows.length === 0) throw new CursorMovedError();
}

async function saveCursor(db: Queryable, token: string, next: string): Promise<void> {
  const { rows } = await db.query(
    'UPDATE waybill.outbox_reader SET prev = $3::pg_snapshot WHERE name = $1 AND saved_at::text = $2 RETURNING 1',
    [READER, token, next],
  );
  if (rows.length === 0) throw new CursorMovedError();
}
