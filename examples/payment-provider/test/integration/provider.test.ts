import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { once } from 'node:events';
import { afterEach, expect, test } from 'vitest';
import { Books } from '../../src/books.ts';
import { providerApp } from '../../src/http.ts';

const calm = { seed: 's', minLatencyMs: 0, maxLatencyMs: 1, limitedShare: 0, failingShare: 0, oddShare: 0 };
const capture = { orderId: 'order-1', amount: '29.33', currency: 'USD' };
let server: Server | undefined;

async function start(behaviour = calm): Promise<string> {
  server = providerApp(new Books(100), behaviour).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function post(url: string, key: string | undefined, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'application/json', ...(key === undefined ? {} : { 'idempotency-key': key }) };
  return fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
}

afterEach(async () => {
  server?.closeAllConnections();
  await new Promise((resolve) => server?.close(resolve));
});

test('the same key captures once and gets the same answer', async () => {
  const url = await start();
  const first = await post(`${url}/captures`, 'key-1', capture);
  const again = await post(`${url}/captures`, 'key-1', capture);
  expect([first.status, again.status]).toEqual([201, 200]);
  expect(await again.json()).toEqual(await first.json());
  const books: unknown = await (await fetch(`${url}/captures`)).json();
  expect(books).toMatchObject({ totals: { captures: 1, repeats: 1 }, orders: { 'order-1': { captures: 1 } } });
});

test('an odd answer comes in another form, and what it tells of is done once; put right, the same key is answered as described', async () => {
  const url = await start({ ...calm, oddShare: 1 });
  const odd: unknown = await (await post(`${url}/captures`, 'key-1', capture)).json();
  expect(odd).toEqual({ result: 'CAPTURED', capture: { id: 'cap-key-1' } });
  expect((await post(`${url}/odd-answers`, undefined, { share: 2 })).status).toBe(400);
  await post(`${url}/odd-answers`, undefined, { share: 0 });
  const again: unknown = await (await post(`${url}/captures`, 'key-1', capture)).json();
  expect(again).toEqual({ status: 'captured', reference: 'cap-key-1' });
  expect(await (await fetch(`${url}/captures`)).json()).toMatchObject({ totals: { captures: 1, repeats: 1 } });
});

test('a key used for another request is refused', async () => {
  const url = await start();
  await post(`${url}/captures`, 'key-1', capture);
  expect((await post(`${url}/captures`, 'key-1', { ...capture, amount: '1.00' })).status).toBe(422);
});

test('an amount that ends in 13 cents is declined', async () => {
  const url = await start();
  const response = await post(`${url}/captures`, 'key-1', { ...capture, amount: '12.13' });
  expect(await response.json()).toEqual({ status: 'declined', reason: 'card_declined' });
});

test('a refund needs a capture', async () => {
  const url = await start();
  expect((await post(`${url}/refunds`, 'key-2', capture)).status).toBe(404);
  await post(`${url}/captures`, 'key-1', capture);
  expect((await post(`${url}/refunds`, 'key-2', capture)).status).toBe(201);
});

test.each([
  ['no key', undefined, capture],
  ['a number for an amount', 'key-1', { ...capture, amount: 29.33 }],
  ['an unknown field', 'key-1', { ...capture, colour: 'red' }],
])('%s is refused and moves no money', async (_name, key, body) => {
  const url = await start();
  expect((await post(`${url}/captures`, key, body)).status).toBe(400);
  expect(await (await fetch(`${url}/captures`)).json()).toMatchObject({ totals: { captures: 0 }, orders: {} });
});

test('a limited call says when to come back, and takes nothing', async () => {
  const url = await start({ ...calm, limitedShare: 1 });
  const response = await post(`${url}/captures`, 'key-1', capture);
  expect(response.status).toBe(429);
  expect(response.headers.get('retry-after')).toBe('1');
  expect(await (await fetch(`${url}/captures`)).json()).toMatchObject({ totals: { captures: 0, limited: 1 } });
});

test('a failing call takes nothing', async () => {
  const url = await start({ ...calm, failingShare: 1 });
  expect((await post(`${url}/captures`, 'key-1', capture)).status).toBe(503);
});
