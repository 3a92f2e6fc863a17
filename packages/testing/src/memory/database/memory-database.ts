import type { Clock } from '@waybill/messaging';
import { cannotConnect } from './errors.ts';
import { Lock } from './lock.ts';
import { MemoryTransaction, type RowChange, type Statement } from './memory-transaction.ts';
import { Table, type TableName } from './table.ts';

/** What a text means when it is sent as a query: the in-memory database knows no SQL. */
export type QueryStatement = (
  tx: MemoryTransaction,
  params: readonly unknown[],
) => readonly Record<string, unknown>[] | Promise<readonly Record<string, unknown>[]>;

/** Told of each commit, as a trigger would be; it must not fail. */
export type CommitObserver = (tx: MemoryTransaction, changes: readonly RowChange[]) => void;

/** A client's end at the server. */
export interface ServerSession {
  /** The server is gone, or ended the session. */
  lost(): void;
}

/** Milliseconds since 1970 and their fractions, since a database counts in microseconds. */
export const databaseClock: Pick<Clock, 'now'> = { now: () => performance.timeOrigin + performance.now() };

/**
 * A database in memory that behaves as PostgreSQL does where Waybill depends on it: transaction ids are drawn at the
 * first write and listed by snapshots while they run, what is not committed is seen by nobody else, row and advisory
 * locks wait in order and end in a deadlock error where they must, and a crash keeps exactly what was committed.
 * One thread runs it, so that each stretch of a statement between two waits is atomic.
 */
export class MemoryDatabase {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #tables = new Map<string, Table>();
  readonly #advisory = new Map<string, Lock>();
  readonly #sequences = new Map<string, number>();
  readonly #statements = new Map<string, QueryStatement>();
  readonly #transactions = new Set<MemoryTransaction>();
  readonly #running = new Set<bigint>();
  readonly #sessions = new Set<ServerSession>();
  readonly #listeners = new Set<(payload: string) => void>();
  readonly #observers: CommitObserver[] = [];
  #nextXid = 3n;
  #lastEnded = 2n;
  /** Ids below this one survive a crash: the log was flushed when somebody committed. */
  #flushed = 3n;
  #isUp = true;

  constructor(options: { readonly clock?: Pick<Clock, 'now'> } = {}) {
    this.#clock = options.clock ?? databaseClock;
  }

  now(): number {
    return this.#clock.now();
  }

  /** Says what a query text does, for clients' `query`. */
  define(text: string, statement: QueryStatement): void {
    this.#statements.set(text, statement);
  }

  /** Whether {@link define} said what a query text does. */
  knows(text: string): boolean {
    return this.#statements.has(text);
  }

  statementOf(text: string): QueryStatement {
    const statement = this.#statements.get(text);
    if (statement === undefined) {
      throw new Error(`The in-memory database knows no SQL. Tell it with define() what this does: ${text}`);
    }
    return statement;
  }

  begin(): MemoryTransaction {
    if (!this.#isUp) throw cannotConnect();
    const tx = new MemoryTransaction(this, this.now());
    this.#transactions.add(tx);
    return tx;
  }

  /** Runs one statement in a transaction of its own. */
  async autocommit<T>(statement: Statement<T>): Promise<T> {
    const tx = this.begin();
    try {
      const result = await tx.execute(statement);
      tx.commit();
      return result;
    } catch (error) {
      tx.rollback();
      throw error;
    }
  }

  /** `pg_current_snapshot()` as text: what had ended is below xmax, and what of it had not is listed. */
  snapshot(): string {
    const xmax = this.#lastEnded + 1n;
    const inFlight = [...this.#running].filter((xid) => xid < xmax).toSorted((a, b) => Number(a - b));
    return `${inFlight[0] ?? xmax}:${xmax}:${inFlight.join(',')}`;
  }

  /** The rows of a table as they are committed, for whoever looks at the database from outside. */
  committedRows<TRow>(name: TableName<TRow>): TRow[] {
    return [...this.table(name.name).cells.values()].flatMap(({ committed }) =>
      committed === undefined ? [] : [committed as TRow],
    );
  }

  observe(observer: CommitObserver): void {
    this.#observers.push(observer);
  }

  connected(session: ServerSession): void {
    if (!this.#isUp) throw cannotConnect();
    this.#sessions.add(session);
  }

  disconnected(session: ServerSession): void {
    this.#sessions.delete(session);
  }

  listen(listener: (payload: string) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  notify(payload: string): void {
    for (const listener of this.#listeners) listener(payload);
  }

  /** Transactions that are open. */
  get running(): number {
    return this.#transactions.size;
  }

  /** Transactions that wait for a lock. */
  get waiting(): number {
    return [...this.#transactions].filter(({ waitsFor }) => waitsFor !== undefined).length;
  }

  /** Ends every connection, and rolls back what was under way on it. */
  cutConnections(): void {
    for (const session of [...this.#sessions]) session.lost();
    for (const tx of this.#transactions) if (!tx.isPrepared) tx.rollback();
    this.#sessions.clear();
    this.#listeners.clear();
  }

  /** Ends as a server that is killed: all that is not committed (or prepared) is gone, and so are its clients. */
  crash(): void {
    this.#isUp = false;
    this.cutConnections();
    // Ids that nobody had committed with may be drawn again.
    this.#nextXid = this.#flushed;
    this.#lastEnded = this.#flushed - 1n;
  }

  /** Starts again after a crash. */
  start(): void {
    this.#isUp = true;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  // What follows is for transactions.

  table(name: string): Table {
    let table = this.#tables.get(name);
    if (table === undefined) {
      table = new Table(name);
      this.#tables.set(name, table);
    }
    return table;
  }

  advisoryLock(name: string): Lock {
    let lock = this.#advisory.get(name);
    if (lock === undefined) {
      lock = new Lock();
      this.#advisory.set(name, lock);
    }
    return lock;
  }

  next(sequence: string): number {
    const value = (this.#sequences.get(sequence) ?? 0) + 1;
    this.#sequences.set(sequence, value);
    return value;
  }

  lastOf(sequence: string): number {
    return this.#sequences.get(sequence) ?? 0;
  }

  drawXid(): bigint {
    const xid = this.#nextXid;
    this.#nextXid += 1n;
    this.#running.add(xid);
    return xid;
  }

  ended(tx: MemoryTransaction, xid: bigint | undefined, how: 'committed' | 'rolled back'): void {
    this.#transactions.delete(tx);
    if (xid === undefined) return;
    this.#running.delete(xid);
    if (xid > this.#lastEnded) this.#lastEnded = xid;
    if (how === 'committed') this.flush();
  }

  /** Writes the log out: ids drawn so far are not drawn again after a crash. */
  flush(): void {
    this.#flushed = this.#nextXid;
  }

  committed(tx: MemoryTransaction, changes: readonly RowChange[]): void {
    for (const observer of this.#observers) observer(tx, changes);
  }
}
