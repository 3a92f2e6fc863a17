import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { eventually, type TestDatabase, testEnvironment } from '@waybill/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { openBrowser } from './harness/browser.ts';
import { freePort, operationsSecret } from './harness/console.ts';
import { startUpstream, type Upstream } from './harness/upstream.ts';

const workspace = fileURLToPath(new URL('../..', import.meta.url));
const sessionSecret = 'a secret that signs cookies, long enough';

let database: TestDatabase;
let orders: Upstream;
let environment: Record<string, string>;

beforeAll(async () => {
  const servers = await testEnvironment();
  database = await servers.createDatabase('console');
  orders = await startUpstream('orders', operationsSecret);
  const port = await freePort();
  environment = {
    PATH: process.env['PATH'] ?? '',
    DATABASE_URL: database.url,
    KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: servers.registryUrl,
    HTTP_PORT: String(port),
    LOG_LEVEL: 'debug',
    SERVICE_TOKEN: 'a token between services',
    OPS_SECRET: operationsSecret,
    OPS_SERVICES: `orders=${orders.url}`,
    SESSION_SECRET: sessionSecret,
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    LOGIN: 'development',
    EVENT_INDEX: 'off',
    OPERATIONAL_FACTS: 'off',
  };
});

afterAll(async () => {
  await orders.stop();
  await database.drop();
});

function run(more: Readonly<Record<string, string>>): { readonly child: ChildProcess; readonly output: () => string } {
  const child = spawn(process.execPath, ['--import', '@waybill/telemetry/register', 'src/main.ts'], {
    cwd: workspace,
    env: { ...environment, ...more },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  child.stdout.on('data', (piece: Buffer) => (output += piece.toString('utf8')));
  child.stderr.on('data', (piece: Buffer) => (output += piece.toString('utf8')));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, output: () => output };
}

test('the development login cannot be had in production, nor where nobody says what the environment is', async () => {
  for (const more of [{ ENVIRONMENT: 'production' }, {}]) {
    const { child, output } = run(more);
    const [code] = (await once(child, 'close')) as [number];
    expect([code, output()]).toEqual([
      78,
      'Wrong configuration: LOGIN must be oidc when ENVIRONMENT is production, since development asks for no password; PUBLIC_URL must be an https URL when ENVIRONMENT is production. Set them in the environment and start again.\n',
    ]);
  }
});

test('the process serves, writes down nothing that is secret, and ends when it is told to', async () => {
  const { child, output } = run({ ENVIRONMENT: 'development' });
  const { PUBLIC_URL: origin = '' } = environment;
  const ready = async () => (await fetch(`${origin}/readyz`)).ok;
  await eventually(ready, { what: 'the console is ready', deadlineMs: 60_000 });

  const browser = openBrowser({ origin, address: origin });
  await browser.logIn('ada@example.com');
  const { csrfToken } = (await (await browser.request('/api/session')).json()) as { csrfToken: string };
  const done = await browser.request('/api/ops/orders/parked/17/note', {
    method: 'POST',
    body: { text: 'the customer is called Mallory' },
  });
  expect(done.status).toBe(200);
  await browser.request('/login/callback?code=a-stolen-code&state=made-up');
  const cookie = browser.cookies();
  const listening = await browser.request('/api/live');

  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number];
  expect(code).toBe(0);
  await listening.text();

  const lines = output().trim().split('\n');
  expect(lines.filter((line) => !line.startsWith('{'))).toEqual([]);
  const token = String(orders.taken.at(-1)?.headers['authorization']).replace('Bearer ', '');
  for (const secret of [
    operationsSecret,
    sessionSecret,
    csrfToken,
    token,
    cookie,
    'Mallory',
    'a-stolen-code',
    'ada@',
  ]) {
    expect(output()).not.toContain(secret);
  }
});

test('the process serves while there is no broker for its index to read from, and ends in good order', async () => {
  const nobodyListens = `127.0.0.1:${await freePort()}`;
  const { child, output } = run({
    ENVIRONMENT: 'development',
    EVENT_INDEX: 'on',
    OPERATIONAL_FACTS: 'on',
    KAFKA_BROKERS: nobodyListens,
  });
  const { PUBLIC_URL: origin = '' } = environment;
  await eventually(async () => (await fetch(`${origin}/readyz`)).ok, { what: 'it is ready', deadlineMs: 30_000 });
  await eventually(() => output().includes('The client died'), {
    what: 'the index misses the broker',
    deadlineMs: 30_000,
  });
  for (const probe of ['/readyz', '/healthz']) expect((await fetch(`${origin}${probe}`)).status).toBe(200);

  const browser = openBrowser({ origin, address: origin });
  await browser.logIn('ada@example.com');
  expect((await browser.request('/api/trace?id=order-1042')).status).toBe(200);
  const pool = new pg.Pool({ connectionString: database.url, max: 1 });
  const event = '0199c1a4-1c2d-7abc-8def-0123456789ab';
  await pool.query(
    `insert into waybill.inbox (event_id, consumer, tenant, aggregate_type, aggregate_id, version, type, event_time,
       correlation_id, topic, partition, log_offset, arrival, received_at, work_ms, attempts)
     values ($1, 'console.event-index', '', 'a', 'b', 1, 'T', now(), 'c', 'orders.order', 0, 1, 'log', now(), 1, 1)`,
    [event],
  );
  await pool.end();
  const body = await browser.request(`/api/events/${event}/body`);
  expect([body.status, await body.json()]).toMatchObject([
    503,
    { type: 'urn:waybill:problem:console.broker-unreachable' },
  ]);

  child.kill('SIGTERM');
  const [code] = (await once(child, 'close')) as [number];
  expect({ code, output: output() }).toMatchObject({ code: 0 });
});
