import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { type Environment, joinEnvironment } from '@waybill/infra';
import pg from 'pg';

/** A database of a test's own. */
export interface TestDatabase {
  readonly name: string;
  /** Connects as its owner. */
  readonly url: string;
  /** Ends its connections and removes it. */
  drop(): Promise<void>;
}

/** A real PostgreSQL, Kafka and registry, shared by all tests that run at the time: take unique names for all you make. */
export interface TestEnvironment extends Environment {
  /** A fresh, empty database on the server, with a name that nobody else has. */
  createDatabase(prefix: string): Promise<TestDatabase>;
}

const stateDir = fileURLToPath(new URL('../../../.waybill/test', import.meta.url));

let joined: Promise<TestEnvironment> | undefined;

/**
 * The environment for integration tests: the servers that the `WAYBILL_*` variables name, or else the one that all
 * test processes of this checkout share. That one is started by the first and goes away after the last; this process
 * counts as a user until it ends, so that nothing needs to be called in the end.
 *
 * @example
 * const environment = await testEnvironment();
 * const database = await environment.createDatabase('orders');
 */
export function testEnvironment(): Promise<TestEnvironment> {
  joined ??= joinEnvironment('test', stateDir).then(({ environment }) => ({
    ...environment,
    createDatabase: (prefix) => createDatabase(environment.postgresUrl, prefix),
  }));
  return joined;
}

/** `orders-9f2c41ab07de`: for topics, groups, consumers and whatever else outlives a test. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(6).toString('hex')}`;
}

/**
 * Asks until the condition holds, and resolves to what it returned: anything but `false`, `null` and `undefined`. What it throws
 * is asked again too, so that assertions can stand in it.
 * @throws Error after the deadline, with what was seen last.
 */
export async function eventually<T>(
  condition: () => T | Promise<T>,
  options: { readonly deadlineMs?: number; readonly what: string; readonly everyMs?: number },
): Promise<Exclude<T, false | null | undefined>> {
  const deadlineMs = options.deadlineMs ?? 10_000;
  const deadline = performance.now() + deadlineMs;
  for (;;) {
    let seen: unknown;
    try {
      const value = await condition();
      if (value !== false && value !== null && value !== undefined)
        return value as Exclude<T, false | null | undefined>;
      seen = value;
    } catch (error) {
      seen = error;
    }
    if (performance.now() >= deadline) {
      const last = seen instanceof Error ? seen.message : String(seen);
      throw new Error(`${options.what}: not within ${deadlineMs} ms; last seen: ${last}`, { cause: seen });
    }
    await delay(options.everyMs ?? 20);
  }
}

async function createDatabase(serverUrl: string, prefix: string): Promise<TestDatabase> {
  const name = uniqueName(prefix)
    .replaceAll(/[^a-z0-9]+/gi, '_')
    .toLowerCase();
  // template0 is never connected to, so that databases can be made from it at once.
  await onServer(serverUrl, `create database ${pg.escapeIdentifier(name)} template template0`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return {
    name,
    url: url.href,
    drop: () => onServer(serverUrl, `drop database if exists ${pg.escapeIdentifier(name)} with (force)`),
  };
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
