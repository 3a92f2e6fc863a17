import { connectionLost, transactionFailed } from './errors.ts';
import type { Lock, LockOwner } from './lock.ts';
import type { MemoryDatabase } from './memory-database.ts';
import type { Cell, Table, TableName } from './table.ts';

/** What runs at the server, in one transaction. It sees what is committed when it reads, and what it wrote itself. */
export type Statement<T> = (tx: MemoryTransaction) => T | Promise<T>;

/** A row that a transaction changed. */
export interface RowChange {
  readonly table: string;
  readonly key: string;
  readonly before: unknown;
  readonly after: unknown;
}

interface Undo {
  readonly table: Table;
  readonly cell: Cell;
  readonly pending: Cell['pending'];
}

/** A READ COMMITTED transaction at the server: its id, its locks, and what it wrote. */
export class MemoryTransaction implements LockOwner {
  waitsFor: Lock | undefined;
  /** `now()`: milliseconds since 1970 when it began. */
  readonly startedAt: number;
  /** For whoever watches the database: what statements noted on their transaction. */
  readonly notes: string[] = [];
  readonly #database: MemoryDatabase;
  readonly #locks = new Set<Lock>();
  #undo: Undo[] = [];
  #xid: bigint | undefined;
  #state: 'open' | 'failed' | 'ended' = 'open';
  #isPrepared = false;

  constructor(database: MemoryDatabase, startedAt: number) {
    this.#database = database;
    this.startedAt = startedAt;
  }

  /** Its id, drawn when it is first asked for: by its first write or row lock. */
  get xid(): bigint {
    this.#xid ??= this.#database.drawXid();
    return this.#xid;
  }

  get hasXid(): boolean {
    return this.#xid !== undefined;
  }

  get state(): 'open' | 'failed' | 'ended' {
    return this.#state;
  }

  /** Milliseconds since 1970, now. */
  get now(): number {
    return this.#database.now();
  }

  /** The next number of a sequence; never given back. */
  next(sequence: string): number {
    return this.#database.next(sequence);
  }

  snapshot(): string {
    return this.#database.snapshot();
  }

  /** Runs a statement; when it fails, so does the transaction. */
  async execute<T>(statement: Statement<T>): Promise<T> {
    if (this.#state === 'failed') throw transactionFailed();
    if (this.#state === 'ended') throw connectionLost();
    try {
      return await statement(this);
    } catch (error) {
      if (this.#state === 'open') this.#state = 'failed';
      throw error;
    }
  }

  read<TRow>(name: TableName<TRow>, key: string): TRow | undefined {
    const cell = this.#database.table(name.name).cells.get(key);
    return cell && (this.#rowOf(cell) as TRow | undefined);
  }

  /** All rows, in the order in which they came to be. */
  rows<TRow>(name: TableName<TRow>): TRow[] {
    const rows: TRow[] = [];
    for (const cell of this.#database.table(name.name).cells.values()) {
      const row = this.#rowOf(cell);
      if (row !== undefined) rows.push(row as TRow);
    }
    return rows;
  }

  /** Locks a row, or the place of one, until the end of the transaction. Read it again afterwards. */
  async lock<TRow>(name: TableName<TRow>, key: string): Promise<void> {
    void this.xid;
    await this.#take(this.#database.table(name.name).cell(key).lock);
  }

  /** Whether another transaction has the row, for those that skip such rows. */
  isLocked<TRow>(name: TableName<TRow>, key: string): boolean {
    const holder = this.#database.table(name.name).cells.get(key)?.lock.holder;
    return holder !== undefined && holder !== this;
  }

  /** Takes an advisory lock until the end of the transaction. */
  async advisoryLock(name: string): Promise<void> {
    await this.#take(this.#database.advisoryLock(name));
  }

  /** Writes a row; `undefined` deletes it. Whoever writes where others do locks first. */
  write<TRow>(name: TableName<TRow>, key: string, row: TRow | undefined): void {
    if (this.#state === 'ended') throw connectionLost();
    void this.xid;
    const table = this.#database.table(name.name);
    const cell = table.cell(key);
    const wait = cell.lock.take(this);
    if (wait !== undefined) throw new Error(`${name.name} ${key} was written without its lock`);
    this.#locks.add(cell.lock);
    this.#undo.push({ table, cell, pending: cell.pending });
    cell.pending = { row };
  }

  /** A point to go back to. */
  savepoint(): number {
    return this.#undo.length;
  }

  rollbackTo(savepoint: number): void {
    if (this.#state === 'ended') throw connectionLost();
    for (const { cell, pending } of this.#undo.splice(savepoint).toReversed()) cell.pending = pending;
    this.#state = 'open';
  }

  /** Makes it outlive its connection and the server, until somebody ends it (PREPARE TRANSACTION). */
  prepare(): void {
    this.#isPrepared = true;
    this.#database.flush();
  }

  get isPrepared(): boolean {
    return this.#isPrepared;
  }

  /** Answers what became of it: a transaction in which a statement failed is rolled back. */
  commit(): 'COMMIT' | 'ROLLBACK' {
    if (this.#state === 'failed') {
      this.rollback();
      return 'ROLLBACK';
    }
    if (this.#state === 'ended') throw connectionLost();
    const changes = this.#apply();
    this.#end('committed');
    this.#database.committed(this, changes);
    return 'COMMIT';
  }

  rollback(): void {
    if (this.#state === 'ended') return;
    for (const { cell, pending } of this.#undo.toReversed()) cell.pending = pending;
    this.waitsFor?.withdraw(this, connectionLost());
    this.#end('rolled back');
  }

  #rowOf(cell: Cell): unknown {
    return cell.pending !== undefined && cell.lock.holder === this ? cell.pending.row : cell.committed;
  }

  async #take(lock: Lock): Promise<void> {
    if (this.#state === 'ended') throw connectionLost();
    const wait = lock.take(this);
    if (wait !== undefined) await wait;
    // Whoever was rolled back in the very moment in which it was granted the lock must not keep it.
    if ((this.#state as string) === 'ended') {
      lock.release(this);
      throw connectionLost();
    }
    this.#locks.add(lock);
  }

  #apply(): RowChange[] {
    const changes: RowChange[] = [];
    for (const { table, cell } of this.#undo) {
      if (cell.pending === undefined) continue;
      changes.push({ table: table.name, key: cell.key, before: cell.committed, after: cell.pending.row });
      cell.committed = cell.pending.row;
      cell.pending = undefined;
    }
    return changes;
  }

  #end(how: 'committed' | 'rolled back'): void {
    this.#state = 'ended';
    this.#database.ended(this, this.#xid, how);
    for (const lock of this.#locks) lock.release(this);
    for (const { table, cell } of this.#undo) table.sweep(cell);
    this.#locks.clear();
    this.#undo = [];
  }
}
