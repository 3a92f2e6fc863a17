import { fileURLToPath } from 'node:url';
import { type Environment, joinEnvironment } from '@waybill/infra';
import pg from 'pg';
import { uniqueName } from './eventually.ts';

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
  /**
   * A fresh database on the server, with a name that nobody else has: empty, or a copy of another to which nobody is
   * connected.
   */
  createDatabase(prefix: string, copyOf?: Pick<TestDatabase, 'name'>): Promise<TestDatabase>;
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
    createDatabase: (prefix, copyOf) => createDatabase(environment.postgresUrl, prefix, copyOf?.name),
  }));
  return joined;
}

// template0 is never connected to, so that databases can be made from it at once.
async function createDatabase(serverUrl: string, prefix: string, template = 'template0'): Promise<TestDatabase> {
  const name = uniqueName(prefix)
    .replaceAll(/[^a-z0-9]+/gi, '_')
    .toLowerCase();
  const statement = `create database ${pg.escapeIdentifier(name)} template ${pg.escapeIdentifier(template)}`;
  await onServer(serverUrl, statement);
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
