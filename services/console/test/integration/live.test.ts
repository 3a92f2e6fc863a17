import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import type { Browser } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';
import { sendJson, type Upstream } from './harness/upstream.ts';

let running: RunningConsole;
let orders: Upstream;
let dead = 0;

beforeAll(async () => {
  running = await startConsole({ services: ['orders'], live: { everyMs: 100, beatMs: 300 } });
  const { orders: upstream } = running.upstreams;
  if (upstream === undefined) throw new Error('There is no upstream.');
  orders = upstream;
  orders.answering = (_request, response) => {
    const at = new Date().toISOString();
    sendJson(response, 200, { service: 'orders', at, consumers: [{ name: 'orders.payments', dead }] });
    return true;
  };
});

afterAll(async () => {
  await running.stop();
});

beforeEach(() => {
  dead = 0;
});

/** Listens as a page does, and gathers what it hears. */
async function listening(browser: Browser) {
  const leaving = new AbortController();
  onTestFinished(() => leaving.abort());
  const response = await browser.request('/api/live', { signal: leaving.signal });
  const heard = { text: '', ended: false };
  void (async () => {
    const decoder = new TextDecoder();
    const body: AsyncIterable<Uint8Array> | null = response.body;
    try {
      for await (const piece of body ?? []) heard.text += decoder.decode(piece, { stream: true });
    } finally {
      heard.ended = true;
    }
  })().catch(() => {});
  return {
    response,
    heard,
    events: () => heard.text.split('\n\n').filter((part) => part.startsWith('event: overview')),
    leave: () => leaving.abort(),
  };
}

async function loggedIn(person: string): Promise<Browser> {
  const browser = running.browser();
  await browser.logIn(`${person}@example.com`);
  return browser;
}

describe('a page that listens', () => {
  test('is told how the services stand, and then of what changes', async () => {
    const { response, heard, events } = await listening(await loggedIn('vera'));
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    expect(response.headers.get('cache-control')).toContain('no-store');
    await eventually(() => events().length === 1, { what: 'the first event' });
    await eventually(() => heard.text.includes(': \n\n'), { what: 'a sign of life' });
    expect(events()).toHaveLength(1);
    dead = 3;
    await eventually(() => events().length === 2, { what: 'an event of the change' });
    const data = events()[1]?.split('data: ')[1] ?? '';
    expect(JSON.parse(data)).toMatchObject({
      services: [{ service: 'orders', overview: { consumers: [{ dead: 3 }] } }],
    });
  });

  test('is told that a service went away, and that it came back', async () => {
    const { events } = await listening(await loggedIn('vera'));
    await eventually(() => events().length === 1, { what: 'the first event' });
    await orders.stop();
    const told = () => events().at(-1) ?? '';
    await eventually(() => told().includes('service-unreachable'), { what: 'it is told of the problem' });
    await orders.start();
    await eventually(() => told().includes('"overview":{'), { what: 'it is told of the end of it' });
    expect(events()).toHaveLength(3);
  });

  test('is ended when its person logs out', async () => {
    const browser = await loggedIn('oskar');
    const { heard } = await listening(browser);
    await browser.request('/logout', { method: 'POST' });
    await eventually(() => heard.ended, { what: 'the stream ends' });
    expect(heard.text).toContain('event: end');
    expect((await browser.request('/api/live')).status).toBe(401);
  });

  test('is ended when its session is over, and has not kept it alive', async () => {
    const { heard, events } = await listening(await loggedIn('ada'));
    await eventually(() => events().length > 0, { what: 'the first event' });
    await running.pool.query(`update console_session set expire = now() - interval '1 second'`);
    await eventually(() => heard.ended, { what: 'the stream ends' });
    const { rows } = await running.pool.query('select 1 from console_session where expire > now()');
    expect(rows).toEqual([]);
  });

  test('shares one loop with all others, and nobody is asked when nobody listens', async () => {
    const browser = await loggedIn('aki');
    const pages = await Promise.all([1, 2, 3, 4, 5].map(() => listening(browser)));
    await eventually(() => pages.every(({ events }) => events().length === 1), { what: 'all are told' });
    const asked = orders.taken.length;
    await eventually(() => orders.taken.length > asked, { what: 'somebody asks while they listen' });
    for (const { leave } of pages) leave();
    let seen = -1;
    const still = () => {
      const before = seen;
      seen = orders.taken.length;
      return before === seen;
    };
    // Many rounds of the loop pass from one look to the next.
    expect(await eventually(still, { what: 'nobody asks any more', everyMs: 2_500 })).toBe(true);
  });

  test('is one of ten in a session', async () => {
    const browser = await loggedIn('aki');
    const pages = await Promise.all(Array.from({ length: 10 }, () => listening(browser)));
    expect(pages.map(({ response }) => response.status)).toEqual(Array.from({ length: 10 }, () => 200));
    const { response } = await listening(browser);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '30']);
  });
});

test('a console that stops does not wait for those who listen', async () => {
  const stopping = await startConsole({ services: ['orders'] });
  const browser = stopping.browser();
  await browser.logIn('vera@example.com');
  const { heard } = await listening(browser);
  const started = performance.now();
  await stopping.stop();
  expect(performance.now() - started).toBeLessThan(4_000);
  await eventually(() => heard.ended, { what: 'the stream ends' });
});
