import { readConfig, type RunningService, serviceConfig, startService } from '@waybill/service';
import { type TestDatabase, testEnvironment } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from './harness/browser.ts';
import { operationsSecret, type RunningConsole, startConsole } from './harness/console.ts';

let database: TestDatabase;
let service: RunningService;
let running: RunningConsole;
let ada: Browser;
let aki: Browser;

beforeAll(async () => {
  const environment = await testEnvironment();
  database = await environment.createDatabase('stock');
  const config = readConfig(serviceConfig, {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: environment.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: environment.registryUrl,
    HTTP_PORT: '0',
    LOG_LEVEL: 'silent',
    SERVICE_TOKEN: 'a token between services',
    OPS_SECRET: operationsSecret,
    RELAY: 'off',
  });
  service = await startService({ name: 'stock', config, migrations: [], publishes: [] });
  running = await startConsole({ services: [], environment: { OPS_SERVICES: `stock=${service.url}` } });
  ada = running.browser();
  await ada.logIn('ada@example.com');
  aki = running.browser();
  await aki.logIn('aki@example.com');
});

afterAll(async () => {
  await running.stop();
  await service.stop();
  await database.drop();
});

async function json(browser: Browser, path: string): Promise<unknown> {
  const response = await browser.request(path);
  const body: unknown = await response.json();
  expect({ path, status: response.status, body }).toMatchObject({ status: 200 });
  return body;
}

test('a real service answers all that the console asks of every service', async () => {
  expect(await json(ada, '/api/overview')).toMatchObject({
    services: [{ service: 'stock', overview: { service: 'stock', consumers: [], runningJobs: 0 } }],
  });
  expect(await json(ada, '/api/failures')).toEqual({ groups: [], pauses: [], silent: [], unreachable: [] });
  expect(await json(ada, '/api/parked')).toEqual({ entries: [], total: 0, silent: [], unreachable: [] });
  expect(await json(ada, '/api/jobs')).toEqual({ jobs: [], unreachable: [] });
  expect(await json(ada, '/api/approvals?state=waiting')).toEqual({ approvals: [], unreachable: [] });
  expect(await json(ada, '/api/trace?id=order-1042')).toEqual({
    services: [{ service: 'stock', steps: [], cut: false }],
    unreachable: [],
  });
  expect(await json(aki, '/api/audit')).toMatchObject({ unreachable: [] });
});

test('a command reaches a real service once, in the name of the person, and its audit trail tells of it', async () => {
  const key = crypto.randomUUID();
  const command = {
    method: 'POST',
    body: { scope: 'relay', name: '*', reason: 'the broker is being moved', minutes: 5 },
    headers: { 'idempotency-key': key },
  };
  const first = await ada.request('/api/ops/stock/pauses', command);
  const again = await ada.request('/api/ops/stock/pauses', command);
  const done: unknown = await first.json();
  expect(done).toMatchObject({ result: 'done' });
  expect([again.status, await again.json()]).toEqual([first.status, done]);

  const { entries } = (await json(aki, '/api/audit?actor=ada@example.com')) as { entries: Record<string, unknown>[] };
  expect(entries).toMatchObject([{ service: 'stock', actor: 'ada@example.com', reason: 'the broker is being moved' }]);
  expect(await json(aki, '/api/ops/stock/audit')).toMatchObject({ entries: [{ actor: 'ada@example.com' }] });
  const lines = await (await aki.request('/api/ops/stock/audit/export')).text();
  expect(lines.trim().split('\n')).toHaveLength(1);
  expect(await json(aki, '/api/ops/stock/audit/verify')).toMatchObject({ verdict: 'intact', entries: 1 });
});

test('the refusal of a real service comes through', async () => {
  const response = await ada.request('/api/ops/stock/pauses', { method: 'POST', body: { scope: 'nothing' } });
  expect([response.status, response.headers.get('content-type')]).toEqual([
    400,
    expect.stringContaining('application/problem+json'),
  ]);
});
