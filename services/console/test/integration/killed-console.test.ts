import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { consumer, onBatch, TerminalError } from '@waybill/messaging';
import { OrderConfirmedV1, orderId } from '@waybill/schemas';
import { readConfig, type RunningService, serviceConfig, startService } from '@waybill/service';
import { eventually, type TestDatabase, testEnvironment, uniqueName } from '@waybill/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Browser, openBrowser } from './harness/browser.ts';
import { freePort, operationsSecret } from './harness/console.ts';
import { type PublishedLanguage, publishedLanguage } from './harness/published.ts';

const workspace = fileURLToPath(new URL('../..', import.meta.url));
const events = 40;
const name = uniqueName('kitchen').toLowerCase();
const cooking = `${name}.cook`;
/** Other tests publish to the same topic. */
const ours = uniqueName('table');

let language: PublishedLanguage;
let databases: readonly TestDatabase[];
let kitchen: pg.Pool;
let service: RunningService;
let environment: Record<string, string>;
let child: ChildProcess | undefined;
let isOff = true;

beforeAll(async () => {
  const servers = await testEnvironment();
  language = await publishedLanguage();
  const [own, consoles] = [await servers.createDatabase('kitchen'), await servers.createDatabase('console')];
  databases = [own, consoles];
  kitchen = new pg.Pool({ connectionString: own.url, max: 2 });
  const shared = {
    KAFKA_BROKERS: servers.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: servers.registryUrl,
    SERVICE_TOKEN: 'a token between services',
    OPS_SECRET: operationsSecret,
  };
  service = await startService({
    name,
    config: readConfig(serviceConfig, {
      ...{ ...shared, DATABASE_URL: own.url, HTTP_PORT: '0', LOG_LEVEL: 'silent', RELAY: 'off' },
    }),
    migrations: [{ version: 1, name: 'effect', sql: 'create table effect (id text not null)' }],
    publishes: [],
    consumers: () => [
      consumer({
        ...{ name: cooking, kind: 'reaction', from: 'now', ordering: { by: 'none', horizonMs: 86_400_000 } },
        handlers: [
          onBatch(OrderConfirmedV1, async (batch, { tx }) => {
            const mine = batch.filter(({ aggregateId }) => aggregateId.startsWith(ours));
            if (mine.length === 0) return;
            if (isOff) throw new TerminalError('The stove is off.', { code: 'kitchen.off' });
            await tx.query('insert into effect select unnest($1::text[])', [mine.map(({ id }) => id)]);
          }),
        ],
      }),
    ],
  });
  const port = await freePort();
  environment = {
    PATH: process.env['PATH'] ?? '',
    ...shared,
    DATABASE_URL: consoles.url,
    HTTP_PORT: String(port),
    OPS_SERVICES: `${name}=${service.url}`,
    SESSION_SECRET: 'a secret that signs cookies, long enough',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    LOGIN: 'development',
    ENVIRONMENT: 'development',
    EVENT_INDEX: 'off',
    OPERATIONAL_FACTS: 'off',
  };
});

afterAll(async () => {
  child?.kill('SIGKILL');
  await service.stop();
  await kitchen.end();
  await language.close();
  for (const database of databases) await database.drop();
});

/** A console as a process of its own, and Oskar before it. */
async function startConsole(): Promise<Browser> {
  child = spawn(process.execPath, ['--import', '@waybill/telemetry/register', 'src/main.ts'], {
    ...{ cwd: workspace, env: environment, stdio: 'ignore' },
  });
  const { PUBLIC_URL: origin = '' } = environment;
  const ready = async () => (await fetch(`${origin}/readyz`)).ok;
  await eventually(ready, { what: 'the console is ready', deadlineMs: 60_000 });
  const oskar = openBrowser({ origin, address: origin });
  await oskar.logIn('oskar@example.com');
  return oskar;
}

interface Job {
  readonly id: string;
  readonly state: string;
  readonly taken: number;
  readonly [name: string]: unknown;
}

async function json<T>(browser: Browser, path: string): Promise<T> {
  const response = await browser.request(path);
  const body = (await response.json()) as T;
  expect({ path, status: response.status, body }).toMatchObject({ status: 200 });
  return body;
}

test('a job that was started through a console goes on when that is killed, and the next console shows it', async () => {
  const oskar = await startConsole();
  const overview = () => json<{ consumers: readonly { readonly state: string }[] }>(oskar, `/api/ops/${name}/overview`);
  await eventually(async () => (await overview()).consumers[0]?.state === 'consuming', {
    what: 'the consumer consumes',
    deadlineMs: 60_000,
  });
  await language.send(
    Array.from({ length: events }, (_, index) =>
      language.recordOf(
        OrderConfirmedV1,
        { orderId: orderId(`${ours}-${index}`), confirmedAt: new Date() },
        { aggregateId: `${ours}-${index}`, correlationId: ours },
      ),
    ),
  );
  const dead = () => json<{ total: number }>(oskar, `/api/ops/${name}/parked?state=dead&limit=1`);
  await eventually(async () => (await dead()).total === events, { what: 'all are dead', deadlineMs: 60_000 });

  isOff = false;
  const started = await oskar.request(`/api/ops/${name}/jobs`, {
    method: 'POST',
    headers: { 'idempotency-key': crypto.randomUUID() },
    body: {
      ...{ kind: 'redrive', selection: { consumer: cooking }, reason: 'the stove is on again' },
      pace: { canary: 3, perSecond: 15, rampSeconds: 0 },
    },
  });
  const { job: id } = (await started.json()) as { job: string };
  expect(started.status).toBe(200);
  const jobOf = (browser: Browser) => json<Job>(browser, `/api/ops/${name}/jobs/${id}`);
  await eventually(async () => (await jobOf(oskar)).taken >= 10, { what: 'some are taken', deadlineMs: 30_000 });
  if (child === undefined) throw new Error('There is no console.');
  child.kill('SIGKILL');
  await once(child, 'close');
  expect((await kitchen.query('select 1 from effect')).rowCount).toBeLessThan(events);

  const again = await startConsole();
  const done = await eventually(
    async () => {
      const { jobs } = await json<{ jobs: readonly Job[] }>(again, '/api/jobs');
      return jobs.find((job) => job.id === id && job.state === 'done');
    },
    { what: 'the job is done', deadlineMs: 60_000 },
  );
  expect(done).toMatchObject({
    ...{ service: name, kind: 'redrive', actor: 'oskar@example.com', total: events, taken: events },
    ...{ done: events, failed: 0, skipped: 0, underWay: 0, passedOver: 0 },
  });
  const { rows } = await kitchen.query('select count(*)::int as all, count(distinct id)::int as each from effect');
  expect(rows).toEqual([{ all: events, each: events }]);
}, 180_000);
