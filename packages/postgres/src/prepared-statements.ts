import { createHash } from 'node:crypto';
import type { Queryable } from '@waybill/messaging';

/** Uses of a text in this process after which it is worth a prepared statement. */
const PREPARED_AT_USE = 3;
/** Statements prepared at most: a handler that writes values into its SQL must not fill the server with them. */
const MAX_PREPARED = 200;
/** Texts counted at most, before counting begins anew. */
const MAX_COUNTED = 2_000;

/**
 * Knows which texts are used over and over. One that is gets a name, by which the driver has the server parse and plan it
 * once for each connection: parsing and planning are more than half of what a small statement costs.
 */
export class PreparedStatements {
  readonly #names = new Map<string, string>();
  readonly #uses = new Map<string, number>();
  readonly #only: string | undefined;

  /** @param only - The one text that may get a name; any when left out. */
  constructor(only?: string) {
    this.#only = only;
  }

  /** The name of a text that is worth it; undefined for any other. */
  nameOf(text: string): string | undefined {
    if (this.#only !== undefined && text !== this.#only) return undefined;
    const name = this.#names.get(text);
    if (name !== undefined || this.#names.size >= MAX_PREPARED) return name;
    const uses = (this.#uses.get(text) ?? 0) + 1;
    if (uses < PREPARED_AT_USE) {
      if (this.#uses.size >= MAX_COUNTED) this.#uses.clear();
      this.#uses.set(text, uses);
      return undefined;
    }
    this.#uses.delete(text);
    const made = statementName(text);
    this.#names.set(text, made);
    return made;
  }
}

/**
 * `INSERT.3f9a…`: begins with what it does, since traces show it, and has the text's digest, so that processes that
 * share a pooler's connections never mean two statements by one name.
 */
function statementName(text: string): string {
  const verb = /^\s*([a-z]{1,16})\b/i.exec(text)?.[1] ?? 'statement';
  return `${verb.toUpperCase()}.${createHash('sha256').update(text).digest('hex').slice(0, 24)}`;
}

type Answer = Awaited<ReturnType<Queryable['query']>>;

/** What a connection of `pg` takes beside text: its own queries, and configurations, which it copies. */
interface NamingConnection {
  query(query: object): Promise<Answer>;
}

/** `Query` of the very `pg` that a connection is of; there may be several in a process. */
type QueryClass = new (text: string, values: unknown[]) => object;

function queryClassOf(connection: object): QueryClass | undefined {
  const found: unknown = Reflect.get(connection.constructor, 'Query');
  return typeof found === 'function' ? (found as QueryClass) : undefined;
}

/**
 * Runs a statement by its name. As a query of the driver's own where that can be had: copying a configuration costs more
 * than sending a small statement.
 */
async function runNamed(connection: Queryable, name: string, text: string, values: unknown[]): Promise<Answer> {
  const naming = connection as unknown as NamingConnection;
  const Query = queryClassOf(connection);
  if (Query === undefined) return naming.query({ name, text, values });
  return new Promise((resolve, reject) => {
    const callback = (error: Error | null | undefined, answer: Answer): void => {
      if (error) reject(error);
      else resolve(answer);
    };
    void naming.query(Object.assign(new Query(text, values), { name, callback }));
  });
}

/** A connection that prepares what is used over and over, and tells when it must not be used again. */
export interface PreparingConnection extends Queryable {
  /** A prepared statement no longer fits what its text means, because a table has changed; only a new connection forgets it. */
  readonly staleness: Error | undefined;
}

/** `connection` must be one of `pg`. */
export function preparing(connection: Queryable, statements: PreparedStatements): PreparingConnection {
  let staleness: Error | undefined;
  return {
    get staleness() {
      return staleness;
    },
    async query(sql, params) {
      // Without parameters it may be several statements, which cannot be prepared.
      const name = params === undefined || params.length === 0 ? undefined : statements.nameOf(sql);
      if (name === undefined) return connection.query(sql, params);
      try {
        return await runNamed(connection, name, sql, [...(params ?? [])]);
      } catch (error) {
        if (error instanceof Error) {
          if (isStale(error)) staleness = error;
          // It was made where the answer was read; what matters is who asked.
          Error.captureStackTrace(error);
        }
        throw error;
      }
    },
  };
}

/**
 * Whether a prepared statement is at fault, not what it was to do: its result has another shape since a table changed, or
 * a pooler gave the connection to somebody else and the server does not know it.
 */
export function isStale(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error)) return false;
  return (
    error.code === '26000' || error.code === '42P05' || (error.code === '0A000' && /cached plan/.test(error.message))
  );
}
