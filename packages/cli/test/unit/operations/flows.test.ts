import { afterEach, describe, expect, test } from 'vitest';
import { operationsClient } from '../../../src/operations/client.ts';
import { showJourney } from '../../../src/operations/journey.ts';
import { watchUntilEnd } from '../../../src/operations/jobs.ts';
import { listParked } from '../../../src/operations/list-parked.ts';
import { redriveParked } from '../../../src/operations/redrive-parked.ts';
import { entry, job, parked, traceStep } from './builders.ts';
import { type Arrived, json, standIn, type StandIn } from './service-stand-in.ts';
import { sessionOver } from './test-session.ts';

const opened: StandIn[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (service) => service.close()));
});

/** A service that answers with this status and body. */
async function service(name: string, answer: (request: Arrived) => readonly [number, unknown]) {
  const server = await standIn((request, response) => json(response, ...answer(request)));
  opened.push(server);
  const operator = { name: 'ada', roles: ['operator'] } as const;
  const client = operationsClient({ service: name, url: server.url, secret: 's'.repeat(40), operator });
  return { server, client };
}

const parameters = ({ path = '' }: Arrived) => new URL(path, 'http://service').searchParams;

describe('a list of parked events', () => {
  test('is read page by page, the dead first, and counts what it does not show', async () => {
    const { client } = await service('orders', (request) => {
      const { state, after, limit } = Object.fromEntries(parameters(request));
      if (state !== 'dead') return [200, { entries: [], total: 0 }];
      const first = after === undefined ? 0 : Number(after);
      const entries = Array.from({ length: Number(limit) }, (_, index) => parked({ id: String(first + index + 1) }));
      return [200, { entries, total: 1_000, next: entries.at(-1)?.id }];
    });
    const { session } = sessionOver(client);
    const outcome = await listParked(session, {}, { service: undefined, limit: 250 });
    expect(outcome.json).toMatchObject({ totals: { dead: 1_000, retrying: 0, waiting: 0 } });
    expect(outcome.json['entries']).toHaveLength(250);
    expect(outcome.lines.at(-1)).toBe('750 more; --limit shows them.');
  });
});

describe('several entries that are named', () => {
  test('are tried again in the order in which they were parked, and one that is refused keeps no other from it', async () => {
    const { server, client } = await service('orders', ({ method, path }) => {
      const [, id = ''] = /parked\/(\d+)/.exec(path ?? '') ?? [];
      if (method === 'GET') return [200, entry({ id })];
      return id === '9' ? [409, { title: 'Conflict', detail: 'In work.', status: 409 }] : [200, { result: 'done' }];
    });
    const { session, shown } = sessionOver(client);
    const outcome = await redriveParked(session, 'orders', ['10', '9', '10'], { reason: 'it is mended' });
    expect(server.arrived.filter(({ method }) => method === 'POST').map(({ path }) => path)).toEqual([
      '/ops/v1/parked/9/redrive',
      '/ops/v1/parked/10/redrive',
    ]);
    expect(shown[0]).toBe('2 dead; the oldest for 12 min');
    expect(outcome).toMatchObject({
      ending: 'failed',
      json: {
        result: 'failed',
        entries: [
          { id: '9', result: 'failed' },
          { id: '10', result: 'done' },
        ],
      },
    });
  });

  test('cannot be mixed with what selects for a job', async () => {
    const { client } = await service('orders', () => [500, {}]);
    const { session } = sessionOver(client);
    await expect(redriveParked(session, 'orders', ['9'], { all: true })).rejects.toThrow(/one or the other/);
    await expect(redriveParked(session, 'orders', [], { consumer: 'c' })).rejects.toThrow(/--reason/);
  });
});

describe('watching a job', () => {
  test('outlives a service that restarts, and ends with the job', async () => {
    const states = ['running', 'running', 'not ready', 'done'];
    const { client } = await service('orders', () => {
      const state = states.shift();
      if (state === 'not ready') return [503, { title: 'Service Unavailable' }];
      return [200, state === 'done' ? job({ state, done: 500, failed: 0, underWay: 0 }) : job()];
    });
    const { session, shown } = sessionOver(client);
    const outcome = await watchUntilEnd(session, undefined, job().id);
    expect(shown).toContain('running: 210 of 500 ended (42%): 205 done, 5 failed again; 3 under way, 48 s left');
    expect(outcome).toMatchObject({ ending: 'done', lines: ['done: 500 of 500 ended (100%): 500 done'] });
    expect(states).toEqual([]);
  });

  test('fails when entries failed again', async () => {
    const { client } = await service('orders', () => [200, job({ state: 'done' })]);
    expect((await watchUntilEnd(sessionOver(client).session, undefined, job().id)).ending).toBe('failed');
  });
});

describe('a journey', () => {
  test('follows the correlations that one service names to the others, with the entities that were seen', async () => {
    const orders = await service('orders', () => [
      200,
      { correlationIds: ['c-1'], steps: [traceStep({ kind: 'published' })], cut: false },
    ]);
    const payments = await service('payments', (request) => {
      const found = parameters(request).get('entities') === 'order-1';
      const step = traceStep({
        kind: 'handled',
        consumer: 'payments.capture',
        endedAt: traceStep({ kind: 'handled' }).at,
      });
      return [
        200,
        found ? { correlationIds: ['c-1'], steps: [step], cut: true } : { correlationIds: [], steps: [], cut: false },
      ];
    });
    const { session } = sessionOver(orders.client, payments.client);
    const { lines, json: said } = await showJourney(session, undefined, 'order-1');
    expect(lines.join('\n')).toMatch(/OrderPlaced[^]*✓ payments\.capture[^]*There is more than is shown/);
    expect(said).toMatchObject({ id: 'order-1', cut: true, steps: [{ consumer: 'payments.capture' }] });
    expect(payments.server.arrived.map(({ path }) => path)).toEqual([
      '/ops/v1/trace?id=order-1',
      '/ops/v1/trace?id=c-1&entities=order-1',
    ]);
  });

  test('of an id that nobody knows is a failure that says what to give', async () => {
    const { client } = await service('orders', () => [200, { correlationIds: [], steps: [], cut: false }]);
    const outcome = await showJourney(sessionOver(client).session, undefined, 'nothing');
    expect(outcome).toMatchObject({ ending: 'failed', lines: [expect.stringContaining('"nothing"')] });
  });
});
