import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { operationsPaths } from '../../src/application/operations-paths.ts';
import type { Browser } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';

const uuid = '0199c1a4-1c2d-7abc-8def-0123456789ab';
const everybody = ['vera', 'oskar', 'ada', 'aki'] as const;
type Somebody = (typeof everybody)[number];

const readers = everybody;
const operators = ['oskar', 'ada'] as const;
const approvers = ['ada'] as const;
const auditors = ['aki'] as const;

/** Every endpoint of the console, and who may use it: a viewer, an operator, one who also approves, an auditor. */
const table: readonly (readonly [method: string, path: string, allowed: readonly Somebody[]])[] = [
  ['GET', '/api/session', everybody],
  ['GET', '/api/overview', readers],
  ['GET', '/api/failures', readers],
  ['GET', '/api/parked?q=order-1042', readers],
  ['GET', '/api/trace?id=order-1042', readers],
  ['GET', '/api/jobs', readers],
  ['GET', '/api/approvals', readers],
  ['GET', '/api/audit', auditors],
  ['GET', `/api/events/${uuid}/body`, readers],
  ['GET', '/api/audit/chains/orders', auditors],
  ['GET', '/api/live', readers],
  ['GET', '/api/ops/orders/overview', readers],
  ['GET', '/api/ops/orders/failures', readers],
  ['GET', '/api/ops/orders/flows/orders.payments', readers],
  ['GET', '/api/ops/orders/parked', readers],
  ['GET', '/api/ops/orders/parked/17', readers],
  ['POST', '/api/ops/orders/parked/17/redrive', operators],
  ['POST', '/api/ops/orders/parked/17/skip', operators],
  ['POST', '/api/ops/orders/parked/17/pass-gap', operators],
  ['POST', '/api/ops/orders/parked/17/edit', operators],
  ['POST', '/api/ops/orders/parked/17/note', operators],
  ['POST', '/api/ops/orders/parked/17/assign', operators],
  ['POST', '/api/ops/orders/parked/17/unmask', operators],
  ['POST', '/api/ops/orders/jobs/dry-run', operators],
  ['POST', '/api/ops/orders/jobs', operators],
  ['GET', '/api/ops/orders/jobs', readers],
  ['GET', `/api/ops/orders/jobs/${uuid}`, readers],
  ['POST', `/api/ops/orders/jobs/${uuid}/steer`, operators],
  ['POST', `/api/ops/orders/jobs/${uuid}/pace`, operators],
  ['POST', `/api/ops/orders/jobs/${uuid}/swap`, operators],
  ['POST', `/api/ops/orders/jobs/${uuid}/discard`, operators],
  ['GET', '/api/ops/orders/approvals', readers],
  ['POST', `/api/ops/orders/approvals/${uuid}/decide`, approvers],
  ['GET', '/api/ops/orders/pauses', readers],
  ['POST', '/api/ops/orders/pauses', operators],
  ['POST', `/api/ops/orders/pauses/${uuid}/resume`, operators],
  ['POST', '/api/ops/orders/consumers/orders.payments/offsets', operators],
  ['GET', '/api/ops/orders/audit', auditors],
  ['GET', '/api/ops/orders/audit/verify', auditors],
  ['GET', '/api/ops/orders/audit/export', auditors],
  ['GET', '/api/ops/orders/trace?id=order-1042', readers],
];

let running: RunningConsole;
let nobody: Browser;
const browsers = new Map<Somebody, Browser>();

beforeAll(async () => {
  running = await startConsole();
  nobody = running.browser();
  for (const person of everybody) {
    const browser = running.browser();
    await browser.logIn(`${person}@example.com`);
    browsers.set(person, browser);
  }
});

afterAll(async () => {
  await running.stop();
});

beforeEach(() => {
  for (const { taken, refused } of Object.values(running.upstreams)) {
    taken.splice(0);
    refused.splice(0);
  }
});

/** The status alone; what stays open is left at once. */
async function statusOf(browser: Browser, method: string, path: string): Promise<number> {
  const leaving = new AbortController();
  const response = await browser.request(path, {
    method,
    signal: leaving.signal,
    ...(method === 'POST' ? { body: { reason: 'as the test says' } } : {}),
  });
  leaving.abort();
  return response.status;
}

describe.each(table)('%s %s', (method, path, allowed) => {
  test.each(everybody)(`answers %s as the table says`, async (person) => {
    const browser = browsers.get(person);
    const status = browser === undefined ? 0 : await statusOf(browser, method, path);
    const may = allowed.includes(person);
    expect(status).toBe(may ? (path.startsWith('/api/events/') ? 404 : 200) : 403);
    const reached = Object.values(running.upstreams).flatMap(({ taken }) => taken);
    const own = reached.filter(({ actor }) => may && [`${person}@example.com`, 'waybill-console'].includes(actor));
    expect(own).toEqual(reached);
    expect(Object.values(running.upstreams).flatMap(({ refused }) => refused)).toEqual([]);
  });

  test('sends nobody to the login', async () => {
    expect(await statusOf(nobody, method, path)).toBe(401);
    expect(Object.values(running.upstreams).flatMap(({ taken }) => taken)).toEqual([]);
  });
});

test('the table holds every path that is passed on', () => {
  const passedOn = table
    .filter(([, path]) => path.startsWith('/api/ops/orders/'))
    .map(([method, path]) => `${method} ${path.replace('/api/ops/orders/', '').replace(/\?.*/, '')}`)
    .map((text) => text.replace(uuid, ':uuid').replace('/17', '/:number').replace('orders.payments', ':name'));
  expect(passedOn.sort()).toEqual(operationsPaths.map(({ method, path }) => `${method} ${path}`).sort());
});

test('the table holds every endpoint that is described', async () => {
  const response = await nobody.request('/openapi.json');
  const { paths } = (await response.json()) as { paths: Record<string, object> };
  const own = table
    .map(([, path]) => path.replace(/\?.*/, '').replace('/chains/orders', '/chains/{service}').replace(uuid, '{id}'))
    .filter((path) => !path.startsWith('/api/ops/'));
  expect([...Object.keys(paths), '/api/live'].sort()).toEqual(own.sort());
});

test.each([['PUT'], ['PATCH'], ['DELETE']])('%s changes nothing', async (method) => {
  const statuses: (number | undefined)[] = [];
  for (const path of ['/api/session', '/api/ops/orders/parked/17', '/api/ops/orders/parked/17/skip']) {
    const response = await browsers.get('ada')?.request(path, { method });
    statuses.push(response?.status);
  }
  expect(statuses).toEqual([405, 405, 405]);
  expect(running.upstreams['orders']?.taken).toEqual([]);
});
