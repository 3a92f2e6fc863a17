import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Browser } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';
import { sendJson, sendProblem, type TakenRequest } from './harness/upstream.ts';

let running: RunningConsole;
let ada: Browser;
let aki: Browser;

beforeAll(async () => {
  running = await startConsole({ services: ['orders', 'payments', 'shipping'] });
  ada = running.browser();
  await ada.logIn('ada@example.com');
  aki = running.browser();
  await aki.logIn('aki@example.com');
});

afterAll(async () => {
  await running.stop();
});

afterEach(() => {
  for (const upstream of Object.values(running.upstreams)) {
    upstream.answering = () => false;
    upstream.taken.splice(0);
  }
});

function upstream(name: string) {
  const found = running.upstreams[name];
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
}

function answer(name: string, respond: (response: ServerResponse, request: TakenRequest) => void): void {
  upstream(name).answering = (request, response) => {
    respond(response, request);
    return true;
  };
}

async function json(path: string, browser = ada): Promise<unknown> {
  const response = await browser.request(path);
  expect(response.status).toBe(200);
  return response.json();
}

const minute = (value: number) => `2026-11-27T00:0${value}:00.000Z`;

describe('the overview', () => {
  test('has what each service says, or why it says nothing', async () => {
    await upstream('shipping').stop();
    answer('payments', (response) => sendProblem(response, 404, 'http.not-found', 'No operations API here.'));
    try {
      expect(await json('/api/overview')).toEqual({
        services: [
          { service: 'orders', overview: expect.objectContaining({ service: 'orders', consumers: [] }) },
          {
            service: 'payments',
            problem: {
              type: 'urn:waybill:problem:http.not-found',
              title: 'Refused',
              status: 404,
              detail: 'No operations API here.',
            },
          },
          {
            service: 'shipping',
            problem: expect.objectContaining({ type: 'urn:waybill:problem:console.service-unreachable', status: 502 }),
          },
        ],
      });
    } finally {
      await upstream('shipping').start();
    }
  });

  test('costs a service one request however many ask at a time', async () => {
    await Promise.all(Array.from({ length: 40 }, () => json('/api/overview')));
    expect(upstream('orders').taken.length).toBeLessThanOrEqual(2);
  });

  test('does not wait for a service longer than three seconds', async () => {
    upstream('orders').answering = () => true;
    const started = performance.now();
    const asked = json('/api/jobs');
    expect(await asked).toMatchObject({ unreachable: ['orders'] });
    expect(performance.now() - started).toBeLessThan(6_000);
  });
});

describe('a journey', () => {
  const step = (eventId: string, at: number) => ({
    ...{ kind: 'handled', eventId, type: 'T', at: minute(at), version: 1 },
    aggregateId: 'order-1042',
  });

  test('is asked for once more by the correlation ids that the first answers name', async () => {
    answer('orders', (response, { url }) => {
      const known = url.includes('id=order-1042');
      sendJson(response, 200, {
        correlationIds: ['c-1'],
        steps: [step(known ? 'e-1' : 'e-2', 1), step('e-1', 1)],
        cut: false,
      });
    });
    answer('payments', (response, { url }) => {
      const steps = url.includes('id=c-1') ? [step('e-3', 3)] : [];
      sendJson(response, 200, { correlationIds: [], steps, cut: false });
    });
    const journey = (await json('/api/trace?id=order-1042')) as {
      services: { service: string; steps: { eventId: string }[] }[];
    };
    expect(journey.services.map(({ service, steps }) => [service, steps.map(({ eventId }) => eventId)])).toEqual([
      ['orders', ['e-1', 'e-2']],
      ['payments', ['e-3']],
      ['shipping', []],
    ]);
    expect(upstream('shipping').taken.map(({ url }) => url)).toEqual([
      '/ops/v1/trace?id=order-1042',
      '/ops/v1/trace?id=c-1&entities=order-1042',
    ]);
  });

  test('does not ask for more than five of them', async () => {
    const correlationIds = Array.from({ length: 40 }, (_, index) => `c-${index}`);
    answer('orders', (response) => sendJson(response, 200, { correlationIds, steps: [], cut: false }));
    expect(await json('/api/trace?id=customer-4')).toMatchObject({
      services: [{ cut: true }, { cut: true }, { cut: true }],
    });
    expect(upstream('shipping').taken).toHaveLength(6);
  });

  test.each([['/api/trace'], ['/api/trace?id='], [`/api/trace?id=${'x'.repeat(256)}`], ['/api/trace?id=a&id=b']])(
    'needs one id: %s',
    async (path) => {
      const response = await ada.request(path);
      expect([response.status, upstream('orders').taken]).toEqual([400, []]);
    },
  );
});

describe('jobs and approvals', () => {
  test('come the newest first', async () => {
    answer('orders', (response, { url }) => {
      const items = [{ id: 'old', createdAt: minute(1), askedAt: minute(1) }];
      sendJson(response, 200, url.includes('jobs') ? { jobs: items } : { approvals: items });
    });
    answer('payments', (response, { url }) => {
      const items = [{ id: 'new', createdAt: minute(2), askedAt: minute(2) }];
      sendJson(response, 200, url.includes('jobs') ? { jobs: items } : { approvals: items });
    });
    expect(await json('/api/jobs')).toMatchObject({ jobs: [{ id: 'new', service: 'payments' }, { id: 'old' }, {}] });
    expect(await json('/api/approvals?state=waiting')).toMatchObject({ approvals: [{ id: 'new' }, { id: 'old' }, {}] });
    expect(upstream('orders').taken.at(-1)?.url).toBe('/ops/v1/approvals?state=waiting');
  });

  test('are asked for with what is known alone', async () => {
    expect((await ada.request('/api/approvals?state=all')).status).toBe(400);
    expect((await ada.request('/api/jobs?service=orders')).status).toBe(400);
  });
});

describe('the audit trail', () => {
  const trail = (name: string, times: readonly number[]) =>
    answer(name, (response, { url }) => {
      const { searchParams } = new URL(url, 'http://localhost');
      const after = Number(searchParams.get('after') ?? times.length + 1);
      const limit = Number(searchParams.get('limit'));
      const entries = times.map((at, index) => ({
        seq: times.length - index,
        at: minute(at),
        actor: 'ada@example.com',
      }));
      const left = entries.filter(({ seq }) => seq < after);
      const shown = left.slice(0, limit);
      sendJson(response, 200, { entries: shown, ...(left.length > limit ? { next: shown.at(-1)?.seq } : {}) });
    });

  test('of all services is one list in pages, the newest first', async () => {
    trail('orders', [9, 5, 4, 1]);
    trail('payments', [8, 7]);
    trail('shipping', []);
    const seen: string[] = [];
    let next: string | undefined = '';
    while (next !== undefined) {
      const query = next === '' ? '' : `&next=${encodeURIComponent(next)}`;
      const page = (await json(`/api/audit?limit=2&actor=ada@example.com${query}`, aki)) as {
        entries: { service: string; seq: number }[];
        next?: string;
      };
      seen.push(...page.entries.map(({ service, seq }) => `${service} ${seq}`));
      next = page.next;
    }
    expect(seen).toEqual(['orders 4', 'payments 2', 'payments 1', 'orders 3', 'orders 2', 'orders 1']);
    expect(upstream('orders').taken[0]?.url).toBe('/ops/v1/audit?actor=ada%40example.com&order=newest&limit=2');
  });

  test.each([['next=../..'], ['limit=0'], ['limit=5000'], ['order=oldest'], ['actor=']])(
    'is not asked for with %s',
    async (query) => {
      const response = await aki.request(`/api/audit?${query}`);
      expect([response.status, upstream('orders').taken]).toEqual([400, []]);
    },
  );
});
