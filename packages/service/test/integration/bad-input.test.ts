import { connect } from 'node:net';
import { correlationId } from '@waybill/telemetry';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { endpoint, openapi, problem, routes, serve } from '../../src/index.ts';
import type { TestApp } from './fixtures/app.ts';
import { post, startApp } from './fixtures/app.ts';

const placeOrder = endpoint({
  method: 'post',
  path: '/orders',
  summary: 'Place an order',
  body: z.object({
    sku: z.string().min(1),
    quantity: z.int().min(1),
    lines: z.array(z.strictObject({ sku: z.string() })).optional(),
  }),
  replies: { 201: { description: 'Placed', schema: z.object({ correlation: z.string() }) } },
});
const getOrder = endpoint({
  method: 'get',
  path: '/orders/:id',
  summary: 'Read an order',
  params: z.object({ id: z.string().regex(/^[a-z0-9-]+$/) }),
  query: z.object({ fields: z.enum(['all', 'status']).default('all') }),
  replies: { 200: { description: 'The order' }, 404: { description: 'There is no such order' } },
});

let app: TestApp;
let handled = 0;

beforeAll(async () => {
  app = await startApp({
    openapi: openapi({ title: 'Orders', version: '1' }, [placeOrder, getOrder]),
    routes: routes(
      serve(placeOrder, ({ body }) => {
        handled += 1;
        if (body.sku === 'crash') throw new Error('password=hunter2 in row 7');
        if (body.sku === 'down') throw Object.assign(new Error('connect'), { code: 'ECONNREFUSED' });
        return { status: 201, body: { correlation: correlationId() } };
      }),
      serve(getOrder, ({ params, query }) => {
        if (params.id === 'missing')
          throw problem(404, { code: 'orders.not-found', detail: 'There is no such order.' });
        return { status: 200, body: { ...params, ...query } };
      }),
    ),
  });
});
afterAll(() => app.cut());

const good = { sku: 'ring', quantity: 1 };

async function refused(body: unknown, headers: Record<string, string> = {}) {
  const before = handled;
  const answer = await post(`${app.url}/orders`, body, headers);
  expect(handled).toBe(before);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return answer;
}

test('a good request is handled', async () => {
  expect((await post(`${app.url}/orders`, good)).status).toBe(201);
});

test.each(['{"sku": ', 'nonsense', '{"sku": "a"} trailing', '"text"'])(
  'a body that is not a JSON object is a 400: %s',
  async (body) => {
    const answer = await refused(body);
    expect(answer.json).toMatchObject({
      status: 400,
      type: 'urn:waybill:problem:http.malformed-json',
      instance: '/orders',
      correlationId: expect.any(String),
    });
  },
);

test.each([
  [{ ...good, quantity: '1' }, ['quantity']],
  [{ ...good, quantity: -1 }, ['quantity']],
  [{ ...good, quantity: 1.5 }, ['quantity']],
  [{ quantity: 1 }, ['sku']],
  [{ ...good, color: 'red' }, ['color']],
  [{ ...good, lines: [{ sku: 'a' }, { sku: 1, size: 2 }] }, ['lines[1].sku', 'lines[1].size']],
  ['{"sku":"a","quantity":1,"__proto__":{"admin":true}}', ['__proto__']],
  [[], ['']],
])('a body that is not as described is a 400 with the paths of its fields: %j', async (body, paths) => {
  const answer = await refused(body);
  expect(answer.json).toMatchObject({
    status: 400,
    errors: paths.map((path) => ({ path, message: expect.any(String) })),
  });
});

test('no body at all is a 400', async () => {
  expect(await refused('')).toMatchObject({ status: 400 });
});

test('a body of more than 64 KB is a 413', async () => {
  expect(await refused({ ...good, sku: 'x'.repeat(65 * 1024) })).toMatchObject({ status: 413 });
});

test('another media type is a 415', async () => {
  expect(await refused('sku=ring', { 'content-type': 'application/x-www-form-urlencoded' })).toMatchObject({
    status: 415,
  });
  expect(await refused('<a/>', { 'content-type': 'application/xml' })).toMatchObject({ status: 415 });
  expect(await refused(JSON.stringify(good), { 'content-type': 'application/json; charset=latin1' })).toMatchObject({
    status: 415,
  });
});

test('an unknown path is a 404, and a method that a path does not have is a 405 that says which it has', async () => {
  expect((await fetch(`${app.url}/nothing`)).status).toBe(404);
  const answer = await fetch(`${app.url}/orders`, { method: 'DELETE' });
  expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
});

test('a path that is not percent-encoding is a 400', async () => {
  expect((await fetch(`${app.url}/orders/%E0%A4%A`)).status).toBe(400);
});

test('a wrong path or query parameter is a 400', async () => {
  expect((await fetch(`${app.url}/orders/A!`)).status).toBe(400);
  expect((await fetch(`${app.url}/orders/a?fields=none`)).status).toBe(400);
  expect((await fetch(`${app.url}/orders/a?unknown=1`)).status).toBe(400);
});

test('a problem thrown by the service is answered as it is', async () => {
  const answer = await fetch(`${app.url}/orders/missing`);
  expect(await answer.json()).toMatchObject({ status: 404, type: 'urn:waybill:problem:orders.not-found' });
});

test('an unexpected error shows nothing of itself, and is logged', async () => {
  const answer = await post(`${app.url}/orders`, { ...good, sku: 'crash' });
  expect(answer.status).toBe(500);
  expect(answer.text).not.toContain('hunter2');
  expect(app.errors.at(-1)).toMatchObject({ err: { message: 'password=hunter2 in row 7' } });
});

test('a dependency that is down is a 503 that says when to come back', async () => {
  const answer = await post(`${app.url}/orders`, { ...good, sku: 'down' });
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
});

test('a well-formed correlation id is taken and returned, and reaches the handler', async () => {
  const answer = await post(`${app.url}/orders`, good, { 'x-correlation-id': 'order-7.a:b_c' });
  expect([answer.headers.get('x-correlation-id'), answer.json]).toEqual([
    'order-7.a:b_c',
    { correlation: 'order-7.a:b_c' },
  ]);
});

test.each(['has space', 'x'.repeat(129), '<script>'])(
  'a correlation id that is not well formed is replaced: %s',
  async (id) => {
    const answer = await post(`${app.url}/orders`, good, { 'x-correlation-id': id });
    expect(answer.headers.get('x-correlation-id')).toMatch(/^[0-9a-f-]{36}$/);
  },
);

test('headers that are too large are refused before a handler', async () => {
  const answer = await fetch(`${app.url}/orders/a`, { headers: { 'x-big': 'x'.repeat(20_000) } });
  expect(answer.status).toBe(431);
});

test('something that is not HTTP is answered with 400 and cut off', async () => {
  const { hostname, port } = new URL(app.url);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write('\x16\x03\x01 hello\r\n\r\n'));
    let text = '';
    socket.on('data', (chunk) => (text += chunk.toString()));
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400/);
});

test('the OpenAPI document describes what is checked', async () => {
  const answer = await fetch(`${app.url}/openapi.json`);
  expect(await answer.json()).toMatchObject({
    openapi: '3.1.0',
    paths: {
      '/orders': {
        post: {
          parameters: [{ in: 'header', name: 'Idempotency-Key', required: false }],
          requestBody: {
            content: { 'application/json': { schema: { additionalProperties: false, required: ['sku', 'quantity'] } } },
          },
        },
      },
      '/orders/{id}': {
        get: {
          parameters: [
            { in: 'path', name: 'id' },
            { in: 'query', name: 'fields' },
          ],
        },
      },
    },
  });
});
