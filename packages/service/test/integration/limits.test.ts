import { Router } from 'express';
import { afterEach, expect, test } from 'vitest';
import type { TestApp } from './fixtures/app.ts';
import { startApp } from './fixtures/app.ts';

let app: TestApp | undefined;
afterEach(() => app?.cut());

test('above its limit it answers 503 at once, still answers probes, and recovers', async () => {
  const release = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  let count = 0;
  const router = Router();
  router.get('/slow', async (_request, response) => {
    count += 1;
    if (count === 2) inside.resolve();
    await release.promise;
    response.json({});
  });
  app = await startApp({ routes: router, concurrency: 2 });
  const under = [fetch(`${app.url}/slow`), fetch(`${app.url}/slow`)];
  await inside.promise;
  const refused = await fetch(`${app.url}/slow`);
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '1']);
  expect((await fetch(`${app.url}/healthz`)).status).toBe(200);
  release.resolve();
  for (const response of await Promise.all(under)) {
    expect(response.status).toBe(200);
    await response.text();
  }
  await expect.poll(async () => (await fetch(`${app?.url}/slow`)).status, { timeout: 5_000 }).toBe(200);
});

test('draining refuses new connections, and lets a request under way finish', async () => {
  const release = Promise.withResolvers<void>();
  const inside = Promise.withResolvers<void>();
  const router = Router();
  router.get('/slow', async (_request, response) => {
    inside.resolve();
    await release.promise;
    response.json({ done: true });
  });
  app = await startApp({ routes: router });
  const under = fetch(`${app.url}/slow`);
  await inside.promise;
  const drained = app.drain();
  await expect(fetch(`${app.url}/healthz`)).rejects.toThrow('fetch failed');
  release.resolve();
  expect(await (await under).json()).toEqual({ done: true });
  await drained;
});

test('a dead part fails both probes, one that is not ready only the second', async () => {
  const now: { dead: string | undefined; notReady: string | undefined } = { dead: undefined, notReady: undefined };
  app = await startApp({
    parts: [{ name: 'consumer orders.process', dead: () => now.dead, notReady: async () => now.notReady }],
  });
  const status = async () => [(await fetch(`${app?.url}/healthz`)).status, (await fetch(`${app?.url}/readyz`)).status];
  expect(await status()).toEqual([200, 200]);
  now.notReady = 'is paused';
  expect(await status()).toEqual([200, 503]);
  now.dead = 'ended';
  expect(await status()).toEqual([503, 503]);
  expect(await (await fetch(`${app.url}/healthz`)).json()).toEqual({
    status: 'unavailable',
    problems: { 'consumer orders.process': 'ended' },
  });
});

test('metrics tell requests by route pattern and status', async () => {
  const router = Router();
  router.get('/orders/:id', (_request, response) => void response.json({}));
  app = await startApp({ routes: router });
  await (await fetch(`${app.url}/orders/1`)).text();
  await (await fetch(`${app.url}/nothing/2`)).text();
  const counted = async () =>
    (await (await fetch(`${app?.url}/metrics`)).text())
      .split('\n')
      .filter((line) => line.startsWith('http_server_request_duration_seconds_count'))
      .map((line) => [/route="([^"]*)"/.exec(line)?.[1], /status="(\d+)"/.exec(line)?.[1], line.split(' ').at(-1)]);
  await expect.poll(counted, { timeout: 5_000 }).toEqual([
    ['/orders/:id', '200', '1'],
    ['none', '404', '1'],
  ]);
});
