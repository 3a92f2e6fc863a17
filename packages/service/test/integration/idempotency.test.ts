import { migrate, transaction } from '@waybill/postgres';
import type { TestDatabase } from '@waybill/testing';
import { testEnvironment } from '@waybill/testing';
import type pg from 'pg';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { deleteExpiredKeys } from '../../src/http/idempotency-key.ts';
import { servePrepared } from '../../src/http/routes.ts';
import { endpoint, problem, routes, serveWrite } from '../../src/index.ts';
import { createPool } from '../../src/lifecycle/pool.ts';
import { serviceMigrations } from '../../src/migrations.ts';
import type { TestApp } from './fixtures/app.ts';
import { post, silent, startApp } from './fixtures/app.ts';

let database: TestDatabase;
let pool: pg.Pool;
let app: TestApp;
/** Held by a test to keep a handler inside its transaction. */
let gate: Promise<void> | undefined;
let entered: (() => void) | undefined;
/** Connections in use, each time that something was found out before a transaction. */
const found: number[] = [];

const body = z.object({ item: z.string(), amount: z.int().min(1).optional() });
const write = { method: 'post', summary: 'Place', body, replies: { 201: { description: 'Placed' } } } as const;
const place = endpoint({ ...write, path: '/orders' });
const strict = endpoint({ ...write, path: '/payments', idempotencyKey: 'required' });
const sized = endpoint({ ...write, path: '/sized' });
const cancel = endpoint({ ...write, path: '/orders/:id/cancel', params: z.object({ id: z.string() }) });

beforeAll(async () => {
  database = await (await testEnvironment()).createDatabase('service');
  pool = createPool({ connectionString: database.url, name: 'test', log: silent });
  await migrate(pool, { namespace: 'service', migrations: serviceMigrations, mode: 'run' });
  await pool.query('CREATE TABLE public.placed (id bigint GENERATED ALWAYS AS IDENTITY, item text NOT NULL)');
  const runtime = { transaction: <T>(fn: Parameters<typeof transaction<T>>[1]) => transaction(pool, fn) };
  const handle = async (tx: Parameters<Parameters<typeof transaction>[1]>[0], item: string) => {
    const { rows } = await tx.query('INSERT INTO public.placed (item) VALUES ($1) RETURNING id', [item]);
    if (item === 'refused') throw problem(409, { code: 'test.refused' });
    entered?.();
    await gate;
    return { status: 201, body: { id: String(rows[0]?.['id']), item }, headers: { Location: `/orders/${item}` } };
  };
  app = await startApp({
    routes: routes(
      serveWrite(runtime, place, (tx, input) => handle(tx, input.body.item)),
      serveWrite(runtime, strict, (tx, input) => handle(tx, input.body.item)),
      servePrepared(
        runtime,
        sized,
        async () => {
          found.push(pool.totalCount - pool.idleCount);
          return found.length;
        },
        (tx, _, size) => handle(tx, `item ${size}`),
      ),
      serveWrite(runtime, cancel, (tx, input) => handle(tx, input.body.item)),
    ),
  });
});

afterAll(async () => {
  app.cut();
  await pool.end();
  await database.drop();
});

beforeEach(async () => {
  gate = undefined;
  entered = undefined;
  await pool.query('TRUNCATE public.placed, public.idempotency_key');
});

async function placed(): Promise<number> {
  const { rows } = await pool.query('SELECT count(*)::int AS n FROM public.placed');
  return Number(rows[0]?.n);
}

const send = (payload: unknown, key?: string, path = '/orders') =>
  post(`${app.url}${path}`, payload, key === undefined ? {} : { 'idempotency-key': key });

test('the same request under the same key gets the same response, and is carried out once', async () => {
  const first = await send({ item: 'ring', amount: 2 }, 'k-1');
  const second = await send({ amount: 2, item: 'ring' }, 'k-1');
  expect([second.status, second.text, second.headers.get('location')]).toEqual([201, first.text, '/orders/ring']);
  expect([first.headers.get('idempotency-replayed'), second.headers.get('idempotency-replayed')]).toEqual([
    null,
    'true',
  ]);
  expect(await placed()).toBe(1);
});

test('another body under the same key is a 422 and is not carried out', async () => {
  await send({ item: 'ring' }, 'k-2');
  const other = await send({ item: 'chain' }, 'k-2');
  expect(other.json).toMatchObject({ status: 422, type: 'urn:waybill:problem:http.idempotency-key-reused' });
  expect(await placed()).toBe(1);
});

test('another entity under the same key is a 422', async () => {
  expect((await send({ item: 'a' }, 'k-3', '/orders/1/cancel')).status).toBe(201);
  expect((await send({ item: 'a' }, 'k-3', '/orders/2/cancel')).status).toBe(422);
});

test('the same key on another endpoint is another key', async () => {
  await send({ item: 'ring' }, 'k-4');
  expect((await send({ item: 'ring' }, 'k-4', '/payments')).status).toBe(201);
  expect(await placed()).toBe(2);
});

test('while a request is being handled, a second one under its key is told so at once', async () => {
  const release = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  gate = release.promise;
  entered = inside.resolve;
  const first = send({ item: 'ring' }, 'k-5');
  await inside.promise;
  const second = await send({ item: 'ring' }, 'k-5');
  expect([second.status, second.headers.get('retry-after')]).toEqual([409, '1']);
  release.resolve();
  expect((await first).status).toBe(201);
  expect((await send({ item: 'ring' }, 'k-5')).headers.get('idempotency-replayed')).toBe('true');
  expect(await placed()).toBe(1);
});

test('what is found out before is found out once, with no transaction open', async () => {
  const first = await send({ item: 'ring' }, 'k-8');
  expect(first.status).toBe(201);
  const prepared = [await send({ item: 'ring' }, 'k-9', '/sized'), await send({ item: 'ring' }, 'k-9', '/sized')];
  expect(prepared.map(({ status, json }) => [status, (json as { item: string }).item])).toEqual([
    [201, 'item 1'],
    [201, 'item 1'],
  ]);
  expect(found).toEqual([0]);
});

test('of many at once under one key, exactly one is carried out', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => send({ item: 'ring' }, 'k-6')));
  expect(await placed()).toBe(1);
  expect(answers.every(({ status }) => status === 201 || status === 409)).toBe(true);
  expect(new Set(answers.filter(({ status }) => status === 201).map(({ text }) => text)).size).toBe(1);
});

test('a handler that throws leaves no row and no key, so that the request may be tried again', async () => {
  expect((await send({ item: 'refused' }, 'k-7')).status).toBe(409);
  expect(await placed()).toBe(0);
  const { rowCount } = await pool.query('SELECT 1 FROM public.idempotency_key');
  expect(rowCount).toBe(0);
});

test('a response and its write are one: a connection that is cut in between leaves neither', async () => {
  const release = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  gate = release.promise;
  entered = inside.resolve;
  const cut = send({ item: 'ring' }, 'k-8');
  await inside.promise;
  await pool.query(
    `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid() AND state = 'idle in transaction'`,
  );
  release.resolve();
  expect((await cut).status).toBe(503);
  expect(await placed()).toBe(0);
  gate = undefined;
  expect((await send({ item: 'ring' }, 'k-8')).status).toBe(201);
  expect(await placed()).toBe(1);
});

test('without a key each request is carried out, unless the endpoint needs one', async () => {
  await send({ item: 'ring' });
  await send({ item: 'ring' });
  expect(await placed()).toBe(2);
  expect((await send({ item: 'ring' }, undefined, '/payments')).json).toMatchObject({
    status: 400,
    type: 'urn:waybill:problem:http.idempotency-key-missing',
  });
});

test.each(['has space', 'x'.repeat(129), 'é'])('a key that is not well formed is a 400: %s', async (key) => {
  expect((await send({ item: 'ring' }, key)).status).toBe(400);
  expect(await placed()).toBe(0);
});

test('a refused body claims no key', async () => {
  expect((await send({ item: 7 }, 'k-9')).status).toBe(400);
  expect((await send({ item: 'ring' }, 'k-9')).status).toBe(201);
});

test('a key past its time is forgotten, and deleted', async () => {
  await send({ item: 'ring' }, 'k-10');
  await send({ item: 'ring' }, 'k-11');
  await pool.query(`UPDATE public.idempotency_key SET expires_at = now() - interval '1 second'`);
  expect((await send({ item: 'chain' }, 'k-10')).status).toBe(201);
  expect(await deleteExpiredKeys(pool, new AbortController().signal)).toBe(1);
  const { rows } = await pool.query('SELECT key FROM public.idempotency_key');
  expect(rows).toEqual([{ key: 'k-10' }]);
});
