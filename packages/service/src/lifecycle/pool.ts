import type { Logger } from '@waybill/messaging';
import { Pool } from 'pg';

export interface PoolOptions {
  readonly connectionString: string;
  readonly name: string;
  readonly log: Logger;
  /** Connections at most; 10 when left out. */
  readonly max?: number;
  /** Whether a connection takes the next statement before it has answered the last one; one after another when left out. */
  readonly statements?: 'pipelined';
}

/**
 * A pool whose connections may break without ending the process, wait for a free one for 5 s at most, and do not hold a
 * transaction open without work for more than a minute.
 */
export function createPool(options: PoolOptions): Pool {
  const pool = new Pool({
    connectionString: options.connectionString,
    application_name: options.name,
    max: options.max ?? 10,
    connectionTimeoutMillis: 5_000,
    idleTimeoutMillis: 30_000,
    keepAlive: true,
    pipeline: options.statements === 'pipelined',
    idle_in_transaction_session_timeout: 60_000,
  });
  const note = (error: Error) => options.log.warn({ err: error }, 'a database connection broke');
  pool.on('error', note);
  // A connection in use belongs to no pool listener: without one of its own, its end would be an uncaught error.
  pool.on('connect', (client) => client.on('error', note));
  return pool;
}
