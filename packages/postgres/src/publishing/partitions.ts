import type { Queryable } from '@waybill/messaging';

export interface PartitionOptions {
  /** Positions in one partition; 1,000,000 when left out. Existing partitions keep theirs. */
  readonly size?: number;
  /** Empty partitions kept ready beyond the one in use; 2 when left out. */
  readonly ahead?: number;
  /** Milliseconds that published rows are kept, for replays; 30 days when left out. */
  readonly retentionMs?: number;
  /** Milliseconds that a drop waits for its lock before it gives way to writers; 200 when left out. */
  readonly lockTimeoutMs?: number;
}

interface Partition {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

const THIRTY_DAYS_MS = 30 * 24 * 3_600_000;

/**
 * Attaches partitions until `ahead` lie beyond the last position given out. Attaching takes no lock that a writer
 * waits for. Safe to call from many processes: one does it, the others return at once. Answers how many were attached.
 */
export async function attachPartitions(db: Queryable, options: PartitionOptions = {}): Promise<number> {
  const { size = 1_000_000, ahead = 2 } = options;
  return exclusively(db, async () => {
    const { rows } = await db.query('SELECT last_value FROM waybill.outbox_position');
    const last = Number(rows[0]?.['last_value']);
    const partitions = await partitionsOf(db);
    let to = partitions.at(-1)?.to ?? 1;
    let ready = partitions.filter((partition) => partition.from > last).length;
    let attached = 0;
    while (ready < ahead || to <= last) {
      await db.query('SELECT waybill.attach_outbox_partition($1, $2)', [to, to + size]);
      to += size;
      attached += 1;
      if (to - size > last) ready += 1;
    }
    return attached;
  });
}

/**
 * Drops the oldest partitions whose rows are all past their retention and published. A drop needs the outbox for
 * itself for a moment: it gives way after `lockTimeoutMs` and is tried again by a later call. Answers the names.
 */
export async function dropPartitions(db: Queryable, options: PartitionOptions = {}): Promise<readonly string[]> {
  const dropped: string[] = [];
  const { rows } = await db.query('SELECT last_value FROM waybill.outbox_position');
  const last = Number(rows[0]?.['last_value']);
  for (const partition of await partitionsOf(db)) {
    if (partition.to > last || !(await isPastRetention(db, partition, options.retentionMs ?? THIRTY_DAYS_MS))) break;
    if (!(await drop(db, partition, options.lockTimeoutMs ?? 200))) break;
    dropped.push(partition.name);
  }
  return dropped;
}

async function drop(db: Queryable, partition: Partition, lockTimeoutMs: number): Promise<boolean> {
  try {
    await db.query('BEGIN');
    await db.query(`SET LOCAL lock_timeout = ${Math.trunc(lockTimeoutMs)}`);
    // Every open writer of the outbox holds a lock on it until its commit, so once we have it for ourselves the next
    // statement sees every row that this partition will ever have.
    await db.query('LOCK TABLE waybill.outbox IN ACCESS EXCLUSIVE MODE');
    const done = (await db.query(allPublished(partition))).rows[0]?.['yes'] === true;
    if (done) await db.query(`DROP TABLE waybill.${partition.name}`);
    await db.query('COMMIT');
    return done;
  } catch (error) {
    await db.query('ROLLBACK');
    if (isLockTimeout(error)) return false;
    throw error;
  }
}

/**
 * Below the xmin of a snapshot every transaction is visible in it: comparing the highest xid with the lowest xmin of
 * all cursors is stricter than asking for each row, and one index probe. A held event keeps its partition.
 */
function allPublished(partition: Partition): string {
  return `
SELECT coalesce((SELECT xid FROM waybill.${partition.name} ORDER BY xid DESC LIMIT 1) <
                (SELECT pg_snapshot_xmin(prev) AS xmin FROM (SELECT prev FROM waybill.relay_shard
                   UNION ALL SELECT prev FROM waybill.outbox_reader) c ORDER BY xmin LIMIT 1), true)
       AND NOT EXISTS (SELECT FROM waybill.outbox_held WHERE position < ${partition.to}) AS yes`;
}

async function isPastRetention(db: Queryable, partition: Partition, retentionMs: number): Promise<boolean> {
  const { rows } = await db.query(
    `SELECT coalesce((SELECT created_at < now() - $1 * interval '1 ms' FROM waybill.${partition.name}
                       ORDER BY position DESC LIMIT 1), true) AS yes`,
    [retentionMs],
  );
  return rows[0]?.['yes'] === true;
}

async function partitionsOf(db: Queryable): Promise<readonly Partition[]> {
  const { rows } = await db.query(`
    SELECT c.relname AS name, pg_get_expr(c.relpartbound, c.oid) AS bounds
      FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
     WHERE i.inhparent = 'waybill.outbox'::regclass`);
  return rows
    .map((row) => {
      const bounds = /FROM \('(\d+)'\) TO \('(\d+)'\)/.exec(String(row['bounds']));
      return { name: String(row['name']), from: Number(bounds?.[1]), to: Number(bounds?.[2]) };
    })
    .filter((partition) => /^outbox_p\d+$/.test(partition.name))
    .toSorted((a, b) => a.from - b.from);
}

async function exclusively(db: Queryable, work: () => Promise<number>): Promise<number> {
  await db.query('BEGIN');
  try {
    const { rows } = await db.query(
      `SELECT pg_try_advisory_xact_lock(hashtextextended('waybill.partitions', 0)) AS mine`,
    );
    const answer = rows[0]?.['mine'] === true ? await work() : 0;
    await db.query('COMMIT');
    return answer;
  } catch (error) {
    await db.query('ROLLBACK');
    throw error;
  }
}

function isLockTimeout(error: unknown): boolean {
  return (
    typeof error === 'object' && error !== null && 'code' in error && (error.code === '55P03' || error.code === '40P01')
  );
}
