import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PauseError, RetryableError, TerminalError } from '@waybill/messaging';
import { Decimal } from 'decimal.js';
import { afterEach, expect, test } from 'vitest';
import { httpProvider } from '../../src/adapters/http-provider.ts';

const call = {
  orderId: 'order-1',
  amount: new Decimal('29.3'),
  currency: 'USD',
  idempotencyKey: 'key-1',
  signal: new AbortController().signal,
};
let server: Server | undefined;

async function start(listener: RequestListener, answerWithinMs?: number) {
  server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return httpProvider(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, () => new Date(), answerWithinMs);
}

function answering(status: number, body: unknown, headers: Record<string, string> = {}) {
  return start((_request, response) => response.writeHead(status, headers).end(JSON.stringify(body)));
}

async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.unreachable('the call should have been refused'),
    (thrown: unknown) => thrown,
  );
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}

afterEach(async () => {
  const closing = server;
  server = undefined;
  closing?.closeAllConnections();
  if (closing !== undefined) await new Promise((resolve) => closing.close(resolve));
});

test('asks with the key and the exact amount, and reads the answer', async () => {
  let seen: unknown;
  const provider = await start((request, response) => {
    void textOf(request).then((text) => {
      seen = { path: request.url, key: request.headers['idempotency-key'], body: JSON.parse(text) as unknown };
      response.end(JSON.stringify({ status: 'captured', reference: 'cap-1' }));
    });
  });
  expect(await provider.capture(call)).toEqual({ kind: 'captured', reference: 'cap-1' });
  expect(seen).toEqual({
    path: '/captures',
    key: 'key-1',
    body: { orderId: 'order-1', amount: '29.30', currency: 'USD' },
  });
});

test('a decline is an answer, not an error', async () => {
  const provider = await answering(201, { status: 'declined', reason: 'card_declined' });
  expect(await provider.capture(call)).toEqual({ kind: 'declined', reason: 'card_declined' });
});

test.each([429, 503])('%i is tried again, not before the provider says', async (status) => {
  const provider = await answering(status, {}, { 'retry-after': '2' });
  const error = await refusalOf(provider.capture(call));
  expect(error).toBeInstanceOf(RetryableError);
  expect(error).toMatchObject({ retryAfterMs: 2_000 });
});

test('a 4xx is never tried again', async () => {
  const provider = await answering(422, {});
  expect(await refusalOf(provider.refund(call))).toBeInstanceOf(TerminalError);
});

test('an answer that makes no sense is never tried again', async () => {
  const provider = await answering(200, { status: 'perhaps' });
  expect(await refusalOf(provider.capture(call))).toBeInstanceOf(TerminalError);
});

test('a body that is not JSON is tried again', async () => {
  const provider = await start((_request, response) => response.end('<html>'));
  expect(await refusalOf(provider.capture(call))).toBeInstanceOf(RetryableError);
});

test('a provider that is not there pauses the consumer', async () => {
  const provider = await answering(200, {});
  const closing = server;
  server = undefined;
  await new Promise((resolve) => closing?.close(resolve));
  expect(await refusalOf(provider.capture(call))).toBeInstanceOf(PauseError);
});

test('a connection lost before the answer is tried again, since the key makes that harmless', async () => {
  const provider = await start((request) => request.socket.destroy());
  expect(await refusalOf(provider.capture(call))).toBeInstanceOf(RetryableError);
});

test('a provider that does not answer is given up on in time', async () => {
  const provider = await start(() => {}, 50);
  expect(await refusalOf(provider.capture(call))).toMatchObject({ code: 'payments.provider-slow' });
});
