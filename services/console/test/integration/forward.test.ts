import { type IncomingMessage, request as httpRequest, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { text as textOf } from 'node:stream/consumers';
import { eventually } from '@waybill/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';
import { sendJson, sendProblem, type Answering, type Upstream } from './harness/upstream.ts';

let running: RunningConsole;
let ada: Browser;
let aki: Browser;
let orders: Upstream;

beforeAll(async () => {
  running = await startConsole({ services: ['orders', 'payments'] });
  ada = running.browser();
  await ada.logIn('ada@example.com');
  aki = running.browser();
  await aki.logIn('aki@example.com');
  const { orders: upstream } = running.upstreams;
  if (upstream === undefined) throw new Error('There is no upstream.');
  orders = upstream;
});

afterAll(async () => {
  await running.stop();
});

afterEach(() => {
  orders.answering = () => false;
  orders.taken.splice(0);
});

function answers(respond: (response: ServerResponse) => void): Answering {
  return (_request, response) => {
    respond(response);
    return true;
  };
}

async function problemAt(path: string, options = {}) {
  const response = await ada.request(path, options);
  expect(response.headers.get('content-type')).toContain('application/problem+json');
  const { type, detail } = (await response.json()) as { type: string; detail: string };
  return { status: response.status, code: type.replace('urn:waybill:problem:', ''), detail };
}

describe('what is passed on', () => {
  test('goes in the name of the person, with the key of the command and nothing else of the browser', async () => {
    const key = crypto.randomUUID();
    await ada.request('/api/ops/orders/parked/17/edit?unmask=x', {
      method: 'POST',
      body: { data: { total: '12.50' }, reason: 'wrong total' },
      headers: { 'idempotency-key': key, 'x-forwarded-for': '1.2.3.4', 'x-own': 'yes', referer: 'http://x/' },
    });
    const [taken] = orders.taken;
    expect(taken).toMatchObject({
      method: 'POST',
      url: '/ops/v1/parked/17/edit',
      actor: 'ada@example.com',
      roles: ['operator', 'approver'],
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
    });
    expect(JSON.parse(taken?.body ?? '')).toEqual({ data: { total: '12.50' }, reason: 'wrong total' });
    for (const name of ['cookie', 'x-csrf-token', 'origin', 'x-forwarded-for', 'x-own', 'referer']) {
      expect(taken?.headers).not.toHaveProperty(name);
    }
  });

  test('carries a new token each time', async () => {
    await ada.request('/api/ops/orders/jobs');
    await ada.request('/api/ops/orders/jobs');
    const tokens = new Set(orders.taken.map(({ headers }) => headers['authorization']));
    expect([tokens.size, orders.refused]).toEqual([2, []]);
  });

  test('keeps its query', async () => {
    await ada.request('/api/ops/orders/parked?state=dead&aggregateId=a%26b%3Dc&limit=20');
    expect(orders.taken[0]?.url).toBe('/ops/v1/parked?state=dead&aggregateId=a%26b%3Dc&limit=20');
  });

  test('brings back a problem with its status, and none of the other headers of the service', async () => {
    orders.answering = answers((response) => sendProblem(response, 409, 'ops.in-work', 'Somebody is at it.'));
    const response = await ada.request('/api/ops/orders/parked/17/redrive', { method: 'POST', body: {} });
    expect([response.status, response.headers.get('retry-after'), response.headers.get('x-internal')]).toEqual([
      409,
      '7',
      null,
    ]);
    expect(await response.json()).toMatchObject({
      type: 'urn:waybill:problem:ops.in-work',
      detail: 'Somebody is at it.',
    });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  test('brings back the status of what was done, and no cookie', async () => {
    orders.answering = answers((response) => {
      response.setHeader('set-cookie', 'waybill=planted');
      sendJson(response, 202, { result: 'waits-for-approval' });
    });
    const response = await ada.request('/api/ops/orders/parked/17/edit', { method: 'POST', body: { data: {} } });
    expect(response.status).toBe(202);
    expect(response.headers.getSetCookie().filter((line) => line.includes('planted'))).toEqual([]);
  });
});

describe('a path', () => {
  test.each([
    ['/api/ops/orders/..%2F..%2Fmetrics'],
    ['/api/ops/orders/parked/..%2f..%2faudit'],
    ['/api/ops/orders/parked/17%2Fredrive'],
    ['/api/ops/orders/%2e%2e/%2e%2e/metrics'],
    ['/api/ops/orders/parked/17%00'],
    ['/api/ops/orders//overview'],
    ['/api/ops/orders/metrics'],
    ['/api/ops/orders@127.0.0.1:1/overview'],
    ['/api/ops/..%2forders/overview'],
    ['/api/ops/constructor/overview'],
    ['/api/ops/inventory/overview'],
    ['/api/ops/orders/parked/%ff'],
  ])('that leads elsewhere reaches nobody: %s', async (path) => {
    const response = await rawGet(path);
    expect([400, 404]).toContain(response.status);
    expect(orders.taken).toEqual([]);
  });

  test('of a service that is not known says which are', async () => {
    expect(await problemAt('/api/ops/inventory/overview')).toMatchObject({
      status: 404,
      code: 'console.unknown-service',
      detail: expect.stringContaining('orders, payments'),
    });
  });
});

/** Without the tidying that fetch does to a path. */
async function rawGet(path: string) {
  const { hostname, port } = new URL(running.url);
  const request = httpRequest({ hostname, port, path, headers: { cookie: ada.cookies() } });
  request.end();
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return { status: response.statusCode ?? 0, text: await textOf(response) };
}

describe('a service', () => {
  test('that cannot be reached is named, with what still works', async () => {
    await orders.stop();
    try {
      expect(await problemAt('/api/ops/orders/failures')).toEqual({
        status: 502,
        code: 'console.service-unreachable',
        detail:
          'The service orders cannot be reached, so nothing of it can be shown or changed. Those that answer can be worked with as before: payments. See that it runs, and try again.',
      });
      expect((await ada.request('/api/ops/payments/failures')).status).toBe(200);
    } finally {
      await orders.start();
    }
  });

  test('that does not answer within ten seconds is given up', async () => {
    orders.answering = () => true;
    expect(await problemAt('/api/ops/orders/failures')).toMatchObject({
      status: 502,
      detail: expect.stringContaining('did not answer in time'),
    });
  });

  test('that refuses the token does not send the person to the login', async () => {
    orders.answering = answers((response) => sendProblem(response, 401, 'ops.token', 'No.'));
    expect(await problemAt('/api/ops/orders/failures')).toMatchObject({ status: 502, code: 'console.token-refused' });
  });

  test.each([
    ['a page', 200, { 'content-type': 'text/html' }, '<script>alert(1)</script>'],
    ['nothing that says what it is', 200, {}, '{}'],
    ['a way to elsewhere', 302, { location: 'http://127.0.0.1:1/' }, ''],
    ['an error page', 500, { 'content-type': 'text/html' }, '<h1>oops</h1>'],
  ])('that answers with %s is not passed on', async (_what, status, headers, body) => {
    orders.answering = answers((response) => response.writeHead(status, headers).end(body));
    expect(await problemAt('/api/ops/orders/failures')).toMatchObject({
      status: 502,
      code: 'console.answer-not-as-agreed',
    });
  });

  test('that answers with more than 4 MiB is not passed on', async () => {
    orders.answering = answers((response) => sendJson(response, 200, { text: 'x'.repeat(4 * 1024 * 1024) }));
    expect(await problemAt('/api/ops/orders/failures')).toMatchObject({
      status: 502,
      code: 'console.answer-too-large',
    });
    orders.answering = answers((response) => sendJson(response, 200, { text: 'x'.repeat(3 * 1024 * 1024) }));
    expect((await ada.request('/api/ops/orders/failures')).status).toBe(200);
  });
});

describe('an export', () => {
  test('comes line by line, however long it is', async () => {
    let finish = () => {};
    orders.answering = answers((response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write(`{"seq":1,"text":"${'x'.repeat(5 * 1024 * 1024)}"}\n`);
      finish = () => response.end('{"seq":2}\n');
    });
    const response = await aki.request('/api/ops/orders/audit/export');
    expect(response.headers.get('content-type')).toContain('application/x-ndjson');
    const reader = response.body?.getReader();
    const first = await reader?.read();
    expect(first?.done).toBe(false);
    finish();
    let last = '';
    for (let piece = await reader?.read(); piece?.done === false; piece = await reader?.read()) {
      last = new TextDecoder().decode(piece.value);
    }
    expect(last.endsWith('{"seq":2}\n')).toBe(true);
  });

  test('that breaks off is not taken for whole', async () => {
    orders.answering = answers((response) => {
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"seq":1}\n', () => response.destroy());
    });
    const response = await aki.request('/api/ops/orders/audit/export');
    await expect(response.text()).rejects.toThrow('terminated');
  });

  test('that nobody reads any more is no longer asked for', async () => {
    let closed = false;
    orders.answering = answers((response) => {
      response.once('close', () => (closed = true));
      response.writeHead(200, { 'content-type': 'application/x-ndjson' });
      response.write('{"seq":1}\n');
    });
    const leaving = new AbortController();
    await aki.request('/api/ops/orders/audit/export', { signal: leaving.signal });
    leaving.abort();
    expect(await eventually(() => closed, { what: 'the service is let go' })).toBe(true);
  });
});
