import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { InboxStore, InboxTransaction, Queryable } from '@waybill/messaging';
import { preparing, PreparedStatements } from '../prepared-statements.ts';
import { type ConnectionPool, transaction } from '../transaction.ts';
import { lockEntities, presentEntities, saveEntities, wakeWaiters } from './entity-sql.ts';
import { handledIds, recordHandled, recordSkipped } from './inbox-sql.ts';
import {
  claimDue,
  hasten,
  keepHeadDue,
  nextDueInMs,
  park,
  parkedById,
  parkedCounts,
  queueOf,
  updateParked,
} from './parked-sql.ts';
import { advance, claimPartitions } from './position-sql.ts';
import { isTransient } from './transient-error.ts';

/** A pool that also runs single statements; `pg.Pool` is one. */
export type InboxPool = ConnectionPool & Queryable;

export interface PostgresInboxOptions {
  /**
   * `repeated`: statements that come again are prepared, Waybill's and the handlers' alike. `none`: for a pooler that
   * gives each transaction another connection and does not know of prepared statements.
   */
  readonly prepare?: 'repeated' | 'none';
}

/**
 * The consuming side's store on PostgreSQL, in the schema `waybill` of the consumer's own database. With a pool of `pg`
 * whose connections have `pipeline: true`, handlers that make one statement each do not wait for each other's answers.
 */
export function postgresInbox(pool: InboxPool, options: PostgresInboxOptions = {}): InboxStore {
  const claimant = `${hostname()}:${process.pid}:${randomUUID()}`;
  const lending = lendingPool(pool, options.prepare === 'none' ? undefined : new PreparedStatements());
  return {
    db: pool,
    isTransient,
    claimPartitions: async (consumer, partitions) => claimPartitions(pool, consumer, partitions),
    startPartition: async (claim, nextOffset) => advance(pool, claim, nextOffset, 0),
    transaction: async (work) => transaction(lending, async (tx) => work(inboxTransaction(tx, claimant))),
    claimDue: async (consumer, options) => claimDue(pool, consumer, claimant, options),
    async release(id) {
      const { rows } = await pool.query(
        `UPDATE waybill.parked SET claimed_by = NULL, claimed_until = NULL
          WHERE id = $1 AND (claimed_by IS NULL OR claimed_by = $2) AND call <> 'calling' AND due_at IS NOT NULL RETURNING id`,
        [id, claimant],
      );
      return rows.length > 0;
    },
    nextDueInMs: async (consumer) => nextDueInMs(pool, consumer),
    counts: async (consumer) => parkedCounts(pool, consumer),
    async bootstrapped(consumer) {
      const { rows } = await pool.query(
        `SELECT extract(epoch FROM events_from) * 1000 AS ms FROM waybill.consumer_bootstrap WHERE consumer = $1`,
        [consumer],
      );
      return rows[0] === undefined ? undefined : { eventsFrom: Math.floor(Number(rows[0]['ms'])) };
    },
    async markBootstrapped(consumer, eventsFrom) {
      await pool.query(`INSERT INTO waybill.consumer_bootstrap (consumer, events_from) VALUES ($1, $2)`, [
        consumer,
        new Date(eventsFrom),
      ]);
    },
    // A transaction of its own holds the lock, so that it ends with its connection, whatever happens to this process.
    exclusively: async (consumer, work) =>
      transaction(pool, async (tx) => {
        await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('waybill bootstrap ' || $1, 0))`, [consumer]);
        return work();
      }),
  };
}

/**
 * Lends connections that take a statement before the last one was answered, and prepare what comes again; one whose
 * prepared statements no longer fit is closed when it comes back.
 */
function lendingPool(pool: ConnectionPool, statements: PreparedStatements | undefined): ConnectionPool {
  return {
    async connect() {
      const connection = await pool.connect();
      const prepared = statements === undefined ? undefined : preparing(connection, statements);
      const line = isPipelined(connection) ? (prepared ?? connection) : oneAtATime(prepared ?? connection);
      return {
        query: async (sql, params) => line.query(sql, params),
        release: (problem) => connection.release(problem ?? prepared?.staleness),
      };
    },
  };
}

function isPipelined(connection: object): boolean {
  return 'pipeline' in connection && connection.pipeline === true;
}

/** Holds a statement back until the last one was answered: a connection of `pg` without `pipeline` wants it so. */
function oneAtATime(connection: Queryable): Queryable {
  let last: Promise<unknown> = Promise.resolve();
  return {
    async query(...statement) {
      const answer = last.then(() => connection.query(...statement));
      last = answer.catch(() => undefined);
      return answer;
    },
  };
}

/** The consuming side of a transaction that the caller begins and ends. `claimant` tells its claims from others'. */
export function inboxTransaction(tx: Queryable, claimant: string): InboxTransaction {
  return {
    db: tx,
    advance: async (claim, nextOffset, deliveries) => advance(tx, claim, nextOffset, deliveries),
    lockEntities: async (consumer, keys, asked) => lockEntities(tx, consumer, keys, asked),
    saveEntities: async (consumer, entities) => saveEntities(tx, consumer, entities),
    handledIds: async (consumer, ids) => handledIds(tx, consumer, ids),
    recordHandled: async (consumer, handled) => recordHandled(tx, consumer, handled),
    recordSkipped: async (consumer, skipped) => recordSkipped(tx, consumer, skipped),
    async noteReconciled(consumer, key) {
      await tx.query(
        `UPDATE waybill.entity SET reconciled = reconciled + 1
          WHERE consumer = $1 AND tenant = $2 AND aggregate_type = $3 AND aggregate_id = $4`,
        [consumer, key.tenant, key.aggregateType, key.aggregateId],
      );
    },
    park: async (consumer, parked) => park(tx, consumer, parked),
    queueOf: async (consumer, key, page) => queueOf(tx, consumer, key, page),
    parkedById: async (id) => parkedById(tx, id),
    async unpark(ids) {
      if (ids.length > 0) await tx.query(`DELETE FROM waybill.parked WHERE id = ANY ($1::bigint[])`, [ids]);
    },
    updateParked: async (id, change) => updateParked(tx, claimant, id, change),
    keepHeadDue: async (consumer, key) => keepHeadDue(tx, consumer, key),
    hasten: async (consumer, keys) => hasten(tx, consumer, keys),
    presentEntities: async (projection, keys) => presentEntities(tx, projection, keys),
    wakeWaiters: async (projection, keys) => wakeWaiters(tx, projection, keys),
    async savepoint(work) {
      await tx.query('SAVEPOINT handler');
      let result;
      try {
        result = await work();
      } catch (error) {
        // On a connection that is gone this fails too, and so does whatever is asked of it next.
        await tx.query('ROLLBACK TO SAVEPOINT handler').catch(() => undefined);
        throw error;
      }
      await tx.query('RELEASE SAVEPOINT handler');
      return result;
    },
  };
}
