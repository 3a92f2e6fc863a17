import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { createPgConfig } from '@electric-sql/pglite/node-postgres';
import type { Queryable } from '@waybill/messaging';
import pg from 'pg';

/** SQL that makes a team's tables; a service's migrations are such. */
export interface TableDefinition {
  readonly sql: string;
}

/**
 * A team's own tables, in a PostgreSQL of this process (PGlite). It has one connection, so one transaction at a time.
 * All that a test does is one transaction of the engine, undone at its end; the transactions of handlers are savepoints
 * in it.
 */
export class TeamTables {
  readonly #client: pg.Client;
  #last: Promise<unknown> = Promise.resolve();
  #defined: readonly TableDefinition[] | undefined;
  #depth = 0;

  private constructor(client: pg.Client) {
    this.#client = client;
  }

  static async open(): Promise<TeamTables> {
    const loadDataDir = await initialData();
    const engine = await PGlite.create(loadDataDir === undefined ? {} : { loadDataDir });
    if (loadDataDir === undefined) await keepInitialData(engine);
    const client = new pg.Client(createPgConfig(engine));
    await client.connect();
    return new TeamTables(client);
  }

  /** Runs a test on tables as they were defined; what it writes is undone. One test at a time. */
  async isolated<T>(tables: readonly TableDefinition[], test: () => Promise<T>): Promise<T> {
    return this.#inTurn(async () => {
      if (this.#defined !== tables) await this.#define(tables);
      await this.#client.query('BEGIN');
      try {
        return await test();
      } finally {
        await this.#client.query('ROLLBACK');
      }
    });
  }

  /** Runs `work` so that what it wrote is undone when it throws. Such calls nest; they do not run side by side. */
  async undoable<T>(work: () => Promise<T>): Promise<T> {
    this.#depth += 1;
    const savepoint = `waybill_${this.#depth}`;
    try {
      await this.#client.query(`SAVEPOINT ${savepoint}`);
      let result: T;
      try {
        result = await work();
      } catch (error) {
        await this.#client.query(`ROLLBACK TO SAVEPOINT ${savepoint}`);
        throw error;
      }
      // As a commit does: it fails when a statement had failed, or when a deferred constraint does not hold.
      await this.#client.query(`RELEASE SAVEPOINT ${savepoint}`);
      return result;
    } finally {
      this.#depth -= 1;
    }
  }

  async query(sql: string, params?: readonly unknown[]): ReturnType<Queryable['query']> {
    return this.#client.query<Record<string, unknown>>(sql, params === undefined ? undefined : [...params]);
  }

  /** All rows of all tables, and those of the queries. */
  async rows(queries: readonly string[]): Promise<Record<string, readonly Record<string, unknown>[]>> {
    const tables = await this.query(`SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace
      AND relkind IN ('r', 'p') AND NOT relispartition`);
    const names = tables.rows.map(({ relname }) => String(relname));
    const rows: Record<string, readonly Record<string, unknown>[]> = {};
    for (const name of names) rows[name] = (await this.query(`SELECT * FROM ${pg.escapeIdentifier(name)}`)).rows;
    for (const query of queries) rows[query] ??= (await this.query(query)).rows;
    return rows;
  }

  async #define(tables: readonly TableDefinition[]): Promise<void> {
    this.#defined = undefined;
    await this.#client.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    for (const { sql } of tables) await this.#client.query(sql);
    this.#defined = tables;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#last.then(work);
    this.#last = turn.catch(() => undefined);
    return turn;
  }
}

const cache = fileURLToPath(new URL('../../../../.waybill/pglite-0.5.16.tar', import.meta.url));

/** A database right after its initialisation, which takes seconds. */
async function initialData(): Promise<Blob | undefined> {
  try {
    return new Blob([await readFile(cache)]);
  } catch {
    return undefined;
  }
}

async function keepInitialData(engine: PGlite): Promise<void> {
  const data = await engine.dumpDataDir('none');
  const draft = `${cache}.${process.pid}`;
  await mkdir(dirname(cache), { recursive: true });
  await writeFile(draft, new Uint8Array(await data.arrayBuffer()));
  await rename(draft, cache);
}
