import { AuditTrailExtendedV1 } from '@waybill/schemas';
import { readConfig, type RunningService, serviceConfig, startService } from '@waybill/service';
import { eventually, type TestDatabase, testEnvironment, uniqueName } from '@waybill/testing';
import pg from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Browser } from './harness/browser.ts';
import { operationsSecret, type RunningConsole, startConsole } from './harness/console.ts';
import { type PublishedLanguage, publishedLanguage } from './harness/published.ts';

const name = uniqueName('stock').toLowerCase();
let language: PublishedLanguage;
let database: TestDatabase;
let stock: pg.Pool;
let service: RunningService;
let running: RunningConsole;
let ada: Browser;
let aki: Browser;

beforeAll(async () => {
  const environment = await testEnvironment();
  language = await publishedLanguage();
  database = await environment.createDatabase('stock');
  stock = new pg.Pool({ connectionString: database.url, max: 1 });
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
  service = await startService({ name, config, migrations: [], publishes: [] });
  running = await startConsole({
    ...{ services: [], failuresConsumer: uniqueName('console.failures'), headsEveryMs: 200 },
    environment: { OPS_SERVICES: `${name}=${service.url}` },
  });
  ada = running.browser();
  await ada.logIn('ada@example.com');
  aki = running.browser();
  await aki.logIn('aki@example.com');
});

afterAll(async () => {
  await running.stop();
  await service.stop();
  await stock.end();
  await database.drop();
  await language.close();
});

interface Verdict {
  readonly verdict: string;
  readonly entries: number;
  readonly head: { readonly seq: number; readonly hash: string };
  readonly published: { readonly compared: string; readonly heads?: number; readonly [name: string]: unknown };
}

async function verdict(): Promise<Verdict> {
  const response = await aki.request(`/api/audit/chains/${name}`);
  const body = (await response.json()) as Verdict;
  expect({ status: response.status, body }).toMatchObject({ status: 200 });
  return body;
}

/** Does something that makes an entry of the trail: pauses the relay, or ends that. */
async function act(): Promise<void> {
  const path = `/api/ops/${name}/pauses`;
  const send = (to: string, body: object) =>
    ada.request(to, { method: 'POST', body, headers: { 'idempotency-key': crypto.randomUUID() } });
  const { pauses } = (await (await ada.request(path)).json()) as { pauses: readonly { readonly id: string }[] };
  const [pause] = pauses;
  const done =
    pause === undefined
      ? await send(path, { scope: 'relay', name: '*', reason: 'the broker is being moved', minutes: 5 })
      : await send(`${path}/${pause.id}/resume`, {});
  expect(done.status).toBe(200);
}

/** As the service does each minute. */
async function publish(head: Verdict['head'], version: number): Promise<void> {
  const data = { service: name, seq: BigInt(head.seq), hash: head.hash, at: new Date() };
  const envelope = { aggregateId: name, correlationId: uniqueName('fact'), aggregateVersion: version };
  await language.send([language.recordOf(AuditTrailExtendedV1, data, envelope)]);
}

async function comparedWith(heads: number): Promise<Verdict> {
  return eventually(
    async () => {
      const now = await verdict();
      return now.published.heads === heads ? now : undefined;
    },
    { what: `a comparison with ${heads} published heads`, deadlineMs: 60_000 },
  );
}

/** Changes the trail as somebody can who may do anything in the database. */
async function tamper(sql: string): Promise<void> {
  await stock.query(
    `alter table waybill.audit disable trigger user; ${sql}; alter table waybill.audit enable trigger user`,
  );
}

test('a trail that is as it was published is intact, and says what it was compared with', async () => {
  for (let time = 0; time < 3; time += 1) await act();
  const before = await comparedWith(0);
  expect(before).toMatchObject({ verdict: 'intact', entries: 3, published: { compared: 'yes', heads: 0 } });
  await publish(before.head, 1);
  const after = await comparedWith(1);
  expect(after).toMatchObject({ verdict: 'intact', published: { compared: 'yes', last: { seq: 3 } } });
  expect(after.published).not.toHaveProperty('problem');
  expect(await verdict()).toMatchObject({ verdict: 'intact', published: { heads: 1, last: { seq: 3 } } });
});

test('the heads that were read cannot be changed by way of their table', async () => {
  for (const sql of ['delete from published_head', 'update published_head set seq = 1', 'truncate published_head'])
    await expect(running.pool.query(sql)).rejects.toThrow('append-only');
});

test('a tail that was cut shows, although the service finds nothing wrong', async () => {
  await act();
  const { head } = await verdict();
  await publish(head, 2);
  await comparedWith(2);
  await tamper(`delete from waybill.audit where seq > 2;
    update waybill.audit_head set (seq, hash) = (select seq, hash from waybill.audit where seq = 2)`);
  const own = await (await aki.request(`/api/ops/${name}/audit/verify`)).json();
  expect(own).toMatchObject({ verdict: 'intact', entries: 2 });
  expect(await verdict()).toMatchObject({
    verdict: 'broken',
    published: {
      compared: 'yes',
      problem: {
        seq: 3,
        problem: 'the trail ends before entry 4, which was published: its tail was removed',
        publishedAt: expect.stringMatching(/^20\d\d-.*Z$/) as string,
      },
    },
  });
});

test('entries that were written in place of the cut ones show as others than were published', async () => {
  await act();
  await act();
  const own = await (await aki.request(`/api/ops/${name}/audit/verify`)).json();
  expect(own).toMatchObject({ verdict: 'intact', entries: 4 });
  const now = await verdict();
  expect(now).toMatchObject({
    verdict: 'broken',
    published: { problem: { problem: expect.stringContaining('another one') } },
  });
  // What is published from now on changes nothing of what was.
  await publish(now.head, 3);
  expect(await comparedWith(3)).toMatchObject({ verdict: 'broken' });
});

test('a service that is not there is named, and one that does not answer is said to', async () => {
  const unknown = await aki.request('/api/audit/chains/elsewhere');
  expect([unknown.status, await unknown.json()]).toMatchObject([
    404,
    { type: 'urn:waybill:problem:console.unknown-service' },
  ]);
});
