import { createServer } from 'node:http';
import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { EntityKey, FetchedRecord } from '@waybill/messaging';
import { RetryableError, TerminalError } from '@waybill/messaging';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { httpProducerSource } from '../../src/index.ts';
import { producerRoutes } from '../../src/producers/producer-routes.ts';
import type { TestApp } from './fixtures/app.ts';
import { startApp } from './fixtures/app.ts';

const token = 'a-token-of-sixteen-or-more';
const order: EntityKey = { tenant: '', aggregateType: 'orders.order', aggregateId: 'o/1 ä' };
const signal = new AbortController().signal;

function record(version: number): FetchedRecord {
  return {
    topic: 'orders.order',
    key: 'o/1 ä',
    value: new Uint8Array([0, 255, version % 256]),
    headers: { ce_aggregateversion: String(version) },
  };
}

let app: TestApp;
const asked: unknown[] = [];
const servers: Server[] = [];

beforeEach(async () => {
  asked.length = 0;
  app = await startApp({
    internal: [
      producerRoutes(
        {
          async snapshot(entity) {
            asked.push(entity);
            return entity.aggregateId === order.aggregateId ? record(9) : undefined;
          },
          async events(_entity, from, to) {
            asked.push({ from, to });
            return Array.from({ length: to - from + 1 }, (_, index) => record(from + index));
          },
        },
        token,
      ),
    ],
  });
});
afterEach(() => {
  app.cut();
  for (const server of servers.splice(0)) server.closeAllConnections();
});

function source(options: { url?: string; token?: string; timeoutMs?: number; maxBytes?: number } = {}) {
  return httpProducerSource({ urls: { orders: options.url ?? app.url }, token, ...options });
}

/** A producer that misbehaves in a way of its own. */
async function producer(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a snapshot comes as it was, its bytes and odd id included', async () => {
  expect(await source().snapshot(order, signal)).toEqual({ ...record(9), value: Buffer.from([0, 255, 9]) });
  expect(asked).toEqual([order]);
});

test('an entity that the producer does not know is undefined', async () => {
  expect(await source().snapshot({ ...order, aggregateId: 'none' }, signal)).toBeUndefined();
});

test('a tenant travels with the entity', async () => {
  await source().snapshot({ ...order, tenant: 'acme' }, signal);
  expect(asked).toEqual([{ ...order, tenant: 'acme' }]);
});

test('a long range of events is asked for in pages, and comes back in order', async () => {
  const found = await source().events(order, 3, 1_100, signal);
  expect(asked).toEqual([
    { from: 3, to: 502 },
    { from: 503, to: 1_002 },
    { from: 1_003, to: 1_100 },
  ]);
  expect(found.map(({ headers }) => Number(headers['ce_aggregateversion']))).toEqual(
    Array.from({ length: 1_098 }, (_, index) => index + 3),
  );
});

test.each([undefined, 'Bearer wrong-token-of-sixteen', `Basic ${token}`, `Bearer ${token} x`, 'Bearer'])(
  'without the right token there is no answer: %s',
  async (authorization) => {
    const headers: Record<string, string> = authorization === undefined ? {} : { authorization };
    const answer = await fetch(`${app.url}/waybill/v1/snapshots/orders.order/o-1`, { headers });
    expect([answer.status, asked.length]).toEqual([401, 0]);
  },
);

test('a range that is too long or not a range is a 400', async () => {
  const headers = { authorization: `Bearer ${token}` };
  for (const query of ['from=1&to=501', 'from=0&to=1', 'from=a&to=2', 'from=1', 'from=1&to=2&limit=3']) {
    const answer = await fetch(`${app.url}/waybill/v1/events/orders.order/o-1?${query}`, { headers });
    expect([query, answer.status]).toEqual([query, 400]);
  }
});

test('a producer that nobody named is a terminal error that says where to name it', async () => {
  const failure = source().snapshot({ ...order, aggregateType: 'stock.item' }, signal);
  await expect(failure).rejects.toThrow(TerminalError);
  await expect(failure).rejects.toThrow('PRODUCER_URLS');
});

test('a token that the producer refuses is a retryable error', async () => {
  await expect(source({ token: 'another-token-of-sixteen' }).snapshot(order, signal)).rejects.toThrow(RetryableError);
});

test('a producer that is silent is given up in time', async () => {
  const url = await producer(() => undefined);
  const started = Date.now();
  await expect(source({ url, timeoutMs: 200 }).snapshot(order, signal)).rejects.toThrow('no answer in time');
  expect(Date.now() - started).toBeLessThan(3_000);
});

test('an answer without end is cut at its limit', async () => {
  const url = await producer((_request, response) => {
    response.writeHead(200);
    const more = () => {
      while (response.write('x'.repeat(65_536)));
    };
    response.on('drain', more);
    more();
  });
  await expect(source({ url, maxBytes: 1_000_000 }).snapshot(order, signal)).rejects.toThrow('more than 1000000 bytes');
});

test('an answer that is not as agreed is an error, and none of it is shown', async () => {
  const url = await producer((_request, response) => response.writeHead(200).end('{"email":"ann@example.org"}'));
  const failure = source({ url }).snapshot(order, signal);
  await expect(failure).rejects.toThrow('not as agreed');
  await expect(failure).rejects.not.toThrow('ann@example.org');
});

test('after failures in a row a producer is left alone, and one beside it is still asked', async () => {
  let requests = 0;
  const url = await producer((_request, response) => {
    requests += 1;
    response.writeHead(500).end();
  });
  const both = httpProducerSource({ urls: { payments: url, orders: app.url }, token });
  const payment = { ...order, aggregateType: 'payments.payment' };
  for (let n = 0; n < 8; n += 1) await expect(both.snapshot(payment, signal)).rejects.toThrow(RetryableError);
  expect(requests).toBe(5);
  await expect(both.snapshot(payment, signal)).rejects.toThrow('left alone');
  expect(await both.snapshot(order, signal)).toBeDefined();
});

test('an aborted question ends with its reason', async () => {
  const url = await producer(() => undefined);
  const stop = new AbortController();
  const failure = source({ url }).snapshot(order, stop.signal);
  stop.abort(new Error('the consumer stops'));
  await expect(failure).rejects.toThrow('the consumer stops');
});
