import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTopics, registerContracts } from '@waybill/kafka';
import { eventually, type TestDatabase, testEnvironment, type TestEnvironment, uniqueName } from '@waybill/testing';
import { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { post, silent } from './fixtures/app.ts';
import { contractsOn } from './fixtures/contracts.ts';

const program = fileURLToPath(new URL('fixtures/confirmations.ts', import.meta.url));
const register = import.meta.resolve('@waybill/telemetry/register');
const token = 'a-token-of-sixteen-or-more';
const topic = uniqueName('confirmations.order');
const name = uniqueName('confirmations');

let environment: TestEnvironment;
let database: TestDatabase;
let db: Pool;
const children: ChildProcess[] = [];

beforeAll(async () => {
  environment = await testEnvironment();
  database = await environment.createDatabase('confirmations');
  db = new Pool({ connectionString: database.url, max: 2 });
  await createTopics({
    brokers: environment.kafkaBrokers,
    clientId: name,
    log: silent,
    topics: [
      { name: topic, partitions: 2 },
      { name: `${topic}.snapshot`, partitions: 1, config: { 'cleanup.policy': 'compact' } },
    ],
  });
  await registerContracts({
    url: environment.registryUrl,
    ownsRegistry: false,
    contracts: Object.values(contractsOn(topic)),
  });
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});
afterAll(async () => {
  await db.end();
  await database.drop();
});

interface Process {
  readonly child: ChildProcess;
  url(): Promise<string>;
  output(): { readonly stdout: string; readonly stderr: string };
  /** The exit code. */
  ended(): Promise<number | null>;
}

function start(env: Record<string, string> = {}): Process {
  const child = spawn(process.execPath, ['--import', register, program], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: database.url,
      KAFKA_BROKERS: environment.kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: environment.registryUrl,
      HTTP_PORT: '0',
      SERVICE_TOKEN: token,
      TOPIC: topic,
      NAME: name,
      ...env,
    },
  });
  children.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  const exit = once(child, 'exit');
  return {
    child,
    output: () => ({ stdout, stderr }),
    url: () =>
      eventually(() => /"url":"(http[^"]+)"/.exec(stdout)?.[1], {
        what: 'the service listens',
        deadlineMs: 30_000,
      }).catch(() => {
        throw new Error(`no address in: ${stdout} ${stderr}`);
      }),
    ended: async () => {
      const [code]: (number | null)[] = await exit;
      return code ?? null;
    },
  };
}

async function ready(one: Process): Promise<string> {
  const url = await one.url();
  await eventually(async () => (await fetch(`${url}/readyz`)).status === 200, {
    what: 'the service is ready',
    deadlineMs: 30_000,
    everyMs: 100,
  }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}: ${await (await fetch(`${url}/readyz`)).text()} ${one.output().stdout}`);
  });
  return url;
}

test('a write becomes a row, an event, and one effect; the event can be fetched; metrics tell of it', async () => {
  const one = start();
  const url = await ready(one);
  const headers = { 'idempotency-key': 'k-1', 'x-correlation-id': 'journey-1' };
  const first = await post(`${url}/confirmations`, { orderId: 'o-1' }, headers);
  const again = await post(`${url}/confirmations`, { orderId: 'o-1' }, headers);
  expect([first.status, again.text]).toEqual([201, first.text]);
  const effects = await eventually(
    async () => {
      const { rows } = await db.query('SELECT consumer, aggregate_id, version::int, type FROM public.effect_ledger');
      return rows.length > 0 && rows;
    },
    { what: 'the event has its effect', deadlineMs: 20_000 },
  );
  expect(effects).toEqual([
    { consumer: `${name}.count`, aggregate_id: 'o-1', version: 1, type: 'confirmations.v1.OrderConfirmed' },
  ]);
  const fetched = await fetch(`${url}/waybill/v1/events/confirmations.order/o-1?from=1&to=5`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await fetched.json()).toMatchObject({
    events: [
      {
        topic,
        key: 'o-1',
        headers: { ce_correlationid: 'journey-1', ce_source: `/waybill/${name}`, ce_aggregateversion: '1' },
      },
    ],
  });
  const snapshot = await fetch(`${url}/waybill/v1/snapshots/confirmations.order/o-1`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(await snapshot.json()).toMatchObject({
    topic: `${topic}.snapshot`,
    key: 'o-1',
    headers: { ce_aggregateversion: '1' },
  });
  const unknown = await fetch(`${url}/waybill/v1/snapshots/confirmations.order/o-2`, {
    headers: { authorization: `Bearer ${token}` },
  });
  expect(unknown.status).toBe(404);
  const metrics = await (await fetch(`${url}/metrics`)).text();
  expect(metrics).toContain(`waybill_relay_connected{service="${name}"} 1`);
  expect(metrics).toMatch(/waybill_relay_published_events\{[^}]*\} [1-9]/);
  expect(metrics).toMatch(/waybill_consumer_parked\{[^}]*reason="dead"[^}]*\} 0/);
  one.child.kill('SIGTERM');
  expect(await one.ended()).toBe(0);
}, 90_000);

test('on SIGTERM it finishes what it was asked, refuses what is new, and exits with 0', async () => {
  const one = start();
  const url = await ready(one);
  const under = fetch(`${url}/slow`);
  await eventually(
    async () =>
      (
        await db.query(
          `SELECT 1 FROM pg_stat_activity
            WHERE datname = current_database() AND state = 'active' AND query LIKE 'SELECT pg_sleep%'`,
        )
      ).rowCount === 1,
    { what: 'the request is under way' },
  );
  one.child.kill('SIGTERM');
  await eventually(
    () =>
      fetch(`${url}/healthz`).then(
        () => false,
        () => true,
      ),
    { what: 'new connections are refused' },
  );
  expect(await (await under).json()).toEqual({ done: true });
  expect(await one.ended()).toBe(0);
}, 90_000);

test('a wrong variable ends it with one line that names it, and exit code 78', async () => {
  const one = start({ HTTP_PORT: 'x', SERVICE_TOKEN: 'short' });
  expect(await one.ended()).toBe(78);
  expect(one.output()).toEqual({
    stdout: '',
    stderr:
      'Wrong configuration: HTTP_PORT must be a whole number from 0 to 65535; SERVICE_TOKEN must have at least 16 characters. Set them in the environment and start again.\n',
  });
});

test('it refuses to start when its contracts are not registered, and says how to register them', async () => {
  const one = start({ TOPIC: uniqueName('unregistered') });
  expect(await one.ended()).toBe(1);
  expect(one.output().stdout).toContain('waybill contracts register');
}, 60_000);

test('while its broker is away it waits, alive and not ready, and ends when told to', async () => {
  const one = start({ KAFKA_BROKERS: '127.0.0.1:9' });
  await eventually(() => one.output().stdout.includes('"dependency":"the broker"'), {
    what: 'it says what it waits for',
    deadlineMs: 30_000,
  });
  const url = await one.url();
  const status = async (path: string) => (await fetch(`${url}${path}`)).status;
  expect([await status('/healthz'), await status('/readyz'), await status('/slow')]).toEqual([200, 503, 503]);
  one.child.kill('SIGTERM');
  expect(await one.ended()).toBe(0);
}, 60_000);

test('a service that may not migrate says what is missing', async () => {
  const empty = await environment.createDatabase('unmigrated');
  const one = start({ DATABASE_URL: empty.url, MIGRATE: 'check' });
  expect(await one.ended()).toBe(1);
  expect(one.output().stdout).toContain('MIGRATE=run');
  await empty.drop();
}, 60_000);
