import { type Queryable, WaybillError } from '@waybill/messaging';
import { directWire, type Wire } from '../wire.ts';
import { connectionLost } from './errors.ts';
import type { MemoryDatabase, ServerSession } from './memory-database.ts';
import type { MemoryTransaction, Statement } from './memory-transaction.ts';

/** Runs statements: each by itself, or all in the transaction that was begun. */
export interface StatementRunner extends Queryable {
  /** @param what what the call is called in a trace. */
  run<T>(what: string, statement: Statement<T>): Promise<T>;
}

/** The server answered COMMIT with a rollback, since a statement had failed and its error was caught. */
class TransactionAbortedError extends WaybillError {
  constructor() {
    super(
      'transaction.aborted',
      'The transaction was rolled back at its commit, because a statement in it failed and the error was caught. Let database errors leave the callback, or use a savepoint.',
    );
  }
}

/** One connection. When a call on it is cut off, it is broken: the server rolls its transaction back. */
export class MemoryConnection implements StatementRunner, ServerSession {
  readonly #database: MemoryDatabase;
  readonly #wire: Wire;
  readonly #onLost: (error: Error) => void;
  #tx: MemoryTransaction | undefined;
  #state: 'open' | 'closed' = 'open';

  private constructor(database: MemoryDatabase, wire: Wire, onLost: (error: Error) => void) {
    this.#database = database;
    this.#wire = wire;
    this.#onLost = onLost;
  }

  /** @throws {MemoryDatabaseError} when the database is down. */
  static async open(
    database: MemoryDatabase,
    wire: Wire = directWire,
    onLost: (error: Error) => void = () => undefined,
  ): Promise<MemoryConnection> {
    const connection = new MemoryConnection(database, wire, onLost);
    await wire.call('connect', () => {
      database.connected(connection);
      connection.#callOff = wire.onDeath(() => connection.#endAtServer());
    });
    return connection;
  }

  get isOpen(): boolean {
    return this.#state === 'open';
  }

  async run<T>(what: string, statement: Statement<T>): Promise<T> {
    return this.#ask(what, () => (this.#tx ? this.#tx.execute(statement) : this.#database.autocommit(statement)));
  }

  async query(sql: string, params: readonly unknown[] = []) {
    const rows = await this.run(sql, (tx) => this.#database.statementOf(sql)(tx, params));
    return { rows, rowCount: rows.length };
  }

  async begin(): Promise<void> {
    await this.#ask('BEGIN', () => {
      this.#tx = this.#database.begin();
    });
  }

  /** @throws {TransactionAbortedError} when the server rolled back instead. */
  async commit(): Promise<void> {
    const answer = await this.#ask('COMMIT', () => {
      const outcome = this.#tx?.commit();
      this.#tx = undefined;
      return outcome;
    });
    if (answer === 'ROLLBACK') throw new TransactionAbortedError();
  }

  async rollback(): Promise<void> {
    await this.#ask('ROLLBACK', () => {
      this.#tx?.rollback();
      this.#tx = undefined;
    });
  }

  /** Runs `work` so that what it wrote can be undone alone. */
  async savepoint<T>(work: () => Promise<T>): Promise<T> {
    const savepoint = await this.run('SAVEPOINT', (tx) => tx.savepoint());
    let result: T;
    try {
      result = await work();
    } catch (error) {
      // On a connection that is gone this fails too, and so does whatever is asked of it next.
      await this.#ask('ROLLBACK TO SAVEPOINT', () => this.#tx?.rollbackTo(savepoint)).catch(() => undefined);
      throw error;
    }
    await this.run('RELEASE SAVEPOINT', () => undefined);
    return result;
  }

  /** Leaves the transaction to the server (PREPARE TRANSACTION), and to whoever is handed it there. */
  async prepare(prepared: (tx: MemoryTransaction) => void): Promise<void> {
    await this.#ask('PREPARE TRANSACTION', () => {
      const tx = this.#tx;
      this.#tx = undefined;
      if (tx === undefined) return;
      tx.prepare();
      prepared(tx);
    });
  }

  close(): void {
    if (this.#state === 'closed') return;
    this.#state = 'closed';
    this.#wire.gone(() => this.#endAtServer());
  }

  /** The server ended it. */
  lost(): void {
    this.#endAtServer();
    this.#wire.push('connection lost', () => {
      if (this.#state === 'closed') return;
      this.#state = 'closed';
      this.#onLost(connectionLost());
    });
  }

  /** One call at a time, in the order in which they were made, as on a real connection. */
  async #ask<T>(what: string, atServer: () => T | Promise<T>): Promise<T> {
    const before = this.#underWay;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#underWay = promise;
    if (before !== undefined) await before;
    try {
      return await this.#askNow(what, atServer);
    } finally {
      if (this.#underWay === promise) this.#underWay = undefined;
      resolve();
    }
  }

  async #askNow<T>(what: string, atServer: () => T | Promise<T>): Promise<T> {
    if (this.#state === 'closed') throw connectionLost();
    const failures = new Set<unknown>();
    try {
      return await this.#wire.call(what, async () => {
        if (!this.#isAtServer) throw connectionLost();
        try {
          return await atServer();
        } catch (error) {
          failures.add(error);
          throw error;
        }
      });
    } catch (error) {
      // A statement's own error leaves the connection as it is; any other is the wire's, and the connection's end.
      if (!failures.has(error)) {
        this.close();
        this.#onLost(error instanceof Error ? error : connectionLost());
      }
      throw error;
    }
  }

  #isAtServer = true;
  #underWay: Promise<void> | undefined;
  #callOff: () => void = () => undefined;

  #endAtServer(): void {
    if (!this.#isAtServer) return;
    this.#isAtServer = false;
    this.#callOff();
    this.#tx?.rollback();
    this.#tx = undefined;
    this.#database.disconnected(this);
  }
}

/** A process's connections to a database, as many as it needs. */
export class MemoryClient implements StatementRunner {
  readonly database: MemoryDatabase;
  readonly wire: Wire;
  readonly #idle: MemoryConnection[] = [];

  constructor(database: MemoryDatabase, wire: Wire = directWire) {
    this.database = database;
    this.wire = wire;
  }

  async run<T>(what: string, statement: Statement<T>): Promise<T> {
    return this.#using((connection) => connection.run(what, statement));
  }

  async query(sql: string, params: readonly unknown[] = []) {
    return this.#using((connection) => connection.query(sql, params));
  }

  /**
   * Runs `work` in one transaction: committed when it resolves, rolled back when it throws.
   * @throws {TransactionAbortedError} when a statement failed, and its error did not leave `work`.
   */
  async transaction<T>(work: (connection: MemoryConnection) => Promise<T>): Promise<T> {
    return this.#using(async (connection) => {
      await connection.begin();
      let result: T;
      try {
        result = await work(connection);
      } catch (error) {
        await connection.rollback().catch(() => undefined);
        throw error;
      }
      await connection.commit();
      return result;
    });
  }

  async #using<T>(work: (connection: MemoryConnection) => Promise<T>): Promise<T> {
    const connection = this.#takeIdle() ?? (await MemoryConnection.open(this.database, this.wire));
    try {
      return await work(connection);
    } finally {
      if (connection.isOpen) this.#idle.push(connection);
    }
  }

  #takeIdle(): MemoryConnection | undefined {
    for (let found = this.#idle.pop(); found !== undefined; found = this.#idle.pop()) if (found.isOpen) return found;
    return undefined;
  }
}
