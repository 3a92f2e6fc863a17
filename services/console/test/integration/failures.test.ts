import { newEventId } from '@waybill/contracts';
import type { OutgoingRecord } from '@waybill/messaging';
import {
  ConsumerPausedV1,
  EventFailedV1,
  type EventFailedV1Data,
  EventRecoveredV1,
  EventRedrivenV1,
  EventSkippedV1,
} from '@waybill/schemas';
import { eventually, uniqueName } from '@waybill/testing';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { forgetOldFailures } from '../../src/adapters/failures/keep-failures.ts';
import type { Browser } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';
import { type PublishedLanguage, publishedLanguage } from './harness/published.ts';
import { failureGroup, sendJson, sendProblem } from './harness/upstream.ts';

let language: PublishedLanguage;
let running: RunningConsole;
let vera: Browser;
/** Other tests publish facts to the same broker, of services with other names. */
const orders = uniqueName('orders').toLowerCase();
const payments = uniqueName('payments').toLowerCase();

beforeAll(async () => {
  language = await publishedLanguage();
  running = await startConsole({ services: [orders, payments], failuresConsumer: uniqueName('console.failures') });
  vera = running.browser();
  await vera.logIn('vera@example.com');
  for (const upstream of Object.values(running.upstreams)) saysNothing(upstream.name);
});

afterAll(async () => {
  await running.stop();
  await language.close();
});

afterEach(() => {
  for (const { name } of Object.values(running.upstreams)) saysNothing(name);
});

function upstream(name: string) {
  const found = running.upstreams[name];
  if (found === undefined) throw new Error(`There is no ${name}.`);
  return found;
}

/** Its operations API is refused to the console, so that facts alone tell. */
function saysNothing(name: string): void {
  upstream(name).answering = (_request, response) => {
    sendProblem(response, 503, 'test.silent', 'Says nothing.');
    return true;
  };
}

/** The service tells of these groups, and lists these entries of each. */
function says(name: string, groups: readonly object[], entries: readonly object[] = []): void {
  upstream(name).answering = ({ url }, response) => {
    sendJson(response, 200, url.includes('/failures') ? { groups } : { entries, total: entries.length });
    return true;
  };
}

type Entry = EventFailedV1Data['entry'];

function entryOf(service: string): Entry {
  return {
    ...{
      service,
      consumer: `${service}.handle`,
      eventId: newEventId(),
      eventType: 'orders.v2.OrderPlaced',
      tenant: '',
    },
    ...{ aggregateType: 'orders.order', aggregateId: uniqueName('order'), aggregateVersion: 1n },
    correlationId: uniqueName('shop'),
  };
}

function fingerprint(): string {
  return newEventId().replaceAll('-', '').slice(-16);
}

/** A fact's place is the version of its entry. */
function envelope(entry: Entry, place: number) {
  const aggregateId = `${entry.service}:${entry.consumer}:${entry.eventId}:1`;
  return { aggregateId, correlationId: uniqueName('fact'), aggregateVersion: place };
}

function failed(entry: Entry, place: number, given: Partial<EventFailedV1Data> = {}): OutgoingRecord {
  return language.recordOf(
    EventFailedV1,
    {
      ...{ entry, state: 'DEAD', errorType: 'RangeError', errorCode: 'stock.negative', message: 'no stock for ••••' },
      ...{ fingerprint: '0123456789abcdef', attempts: 5, holdsEntity: true, failedAt: new Date() },
      ...{ parkedId: '17', topic: 'orders.order', partition: 2, offset: 1042n, occurredAt: new Date(), ...given },
    },
    envelope(entry, place),
  );
}

interface Row {
  readonly id: string;
  readonly service: string;
  readonly state: string;
  readonly eventId: string;
  readonly [name: string]: unknown;
}

interface Page {
  readonly entries: readonly Row[];
  readonly total: number;
  readonly next?: string;
  readonly silent: readonly { readonly service: string; readonly asOf?: string }[];
  readonly unreachable: readonly string[];
}

async function json<T>(path: string): Promise<T> {
  const response = await vera.request(path);
  const body = (await response.json()) as T;
  expect({ status: response.status, body }).toMatchObject({ status: 200 });
  return body;
}

const parked = (query: Readonly<Record<string, string>>) =>
  json<Page>(`/api/parked?${new URLSearchParams(query).toString()}`);

const failures = () =>
  json<{
    groups: readonly (Record<string, unknown> & { service: string })[];
    pauses: readonly object[];
    silent: Page['silent'];
    unreachable: readonly string[];
  }>('/api/failures');

async function stateBecomes(entry: Entry, state: string): Promise<Row> {
  return eventually(
    async () => (await parked({ q: entry.eventId, state: 'all' })).entries.find((one) => one.state === state),
    { what: `${entry.eventId} is ${state}`, deadlineMs: 60_000 },
  );
}

describe('what facts tell', () => {
  test('a failure is in the list within seconds, found by its ids and its error, and has no body', async () => {
    // The first fact waits for the consumer to come up.
    const warm = entryOf(orders);
    await language.send([failed(warm, 1)]);
    await stateBecomes(warm, 'dead');

    const entry = entryOf(orders);
    const started = performance.now();
    await language.send([failed(entry, 1, { message: `no stock ${entry.aggregateId}`, parkedId: '18' })]);
    const row = await stateBecomes(entry, 'dead');
    expect(performance.now() - started).toBeLessThan(5_000);
    expect(row).toEqual({
      ...{ id: row.id, service: orders, consumer: `${orders}.handle`, state: 'dead', tenant: '', version: 1 },
      ...{ aggregateType: 'orders.order', aggregateId: entry.aggregateId, type: 'orders.v2.OrderPlaced' },
      ...{ eventId: entry.eventId, correlationId: entry.correlationId, fingerprint: '0123456789abcdef' },
      ...{ errorType: 'RangeError', errorCode: 'stock.negative', message: `no stock ${entry.aggregateId}` },
      ...{ attempts: 5, redriven: 0, holdsEntity: true, parkedId: '18', topic: 'orders.order', partition: 2 },
      ...{ offset: '1042', occurredAt: expect.any(String) as string, firstAt: expect.any(String) as string },
      ...{ lastAt: expect.any(String) as string, changedAt: expect.any(String) as string },
    });
    for (const query of [
      { q: entry.aggregateId ?? '' },
      { q: String(entry.correlationId).toUpperCase() },
      { service: orders, parkedId: '18' },
      { consumer: `${orders}.handle`, q: `No Stock ${entry.aggregateId}`.slice(0, 40) },
    ]) {
      expect((await parked(query)).entries.map(({ eventId }) => eventId)).toEqual([entry.eventId]);
    }
    expect((await parked({ q: entry.eventId, service: payments })).entries).toEqual([]);
    expect((await parked({ q: entry.eventId, since: '2999-01-01T00:00:00Z' })).entries).toEqual([]);
    expect((await parked({ q: entry.eventId, state: 'retrying' })).entries).toEqual([]);
  });

  test('what became of it counts, however late what was before comes, and however often', async () => {
    const entry = entryOf(orders);
    const at = new Date();
    const redriven = { entry, how: 'AS_IT_WAS', actor: 'oskar', approvedBy: null, reason: null, job: null } as const;
    const recovered = language.recordOf(
      EventRecoveredV1,
      { entry, how: 'HANDLED', attempts: 1, recoveredAt: at },
      envelope(entry, 4),
    );
    await language.send([recovered]);
    await stateBecomes(entry, 'recovered');
    const earlier = (ms: number) => new Date(at.getTime() - ms);
    const late = [
      failed(entry, 1, { state: 'RETRYING', failedAt: earlier(3_000) }),
      failed(entry, 2, { failedAt: earlier(2_000) }),
      language.recordOf(EventRedrivenV1, { ...redriven, redrivenAt: earlier(1_000) }, envelope(entry, 3)),
    ];
    await language.send([...late, ...late]);
    const other = entryOf(orders);
    await language.send([failed(other, 1)]);
    await stateBecomes(other, 'dead');
    const row = await eventually(
      async () =>
        (await parked({ q: entry.eventId, state: 'all' })).entries.find((one) => one['message'] !== undefined),
      { what: 'the error of what came late', deadlineMs: 20_000 },
    );
    expect(row).toMatchObject({ state: 'recovered', attempts: 1, errorCode: 'stock.negative' });
    expect((await parked({ q: entry.eventId })).entries).toEqual([]);
    expect(JSON.stringify(row)).not.toContain('oskar');
  });

  test('a skipped event is done with; one that fails anew after it was handled is open again', async () => {
    const [given, back] = [entryOf(orders), entryOf(orders)];
    const who = { actor: 'oskar', approvedBy: null, reason: 'no use' };
    await language.send([
      failed(given, 1),
      language.recordOf(EventSkippedV1, { entry: given, ...who, skippedAt: new Date() }, envelope(given, 2)),
      failed(back, 1),
      language.recordOf(
        EventRecoveredV1,
        { entry: back, how: 'SUPERSEDED', attempts: 2, recoveredAt: new Date() },
        envelope(back, 2),
      ),
      failed(back, 3, { state: 'RETRYING', attempts: 1 }),
    ]);
    await stateBecomes(given, 'skipped');
    expect(await stateBecomes(back, 'retrying')).toMatchObject({ attempts: 1 });
  });

  test('groups and pages count what is open', async () => {
    const print = fingerprint();
    const entries = Array.from({ length: 5 }, () => entryOf(payments));
    await language.send(entries.map((entry) => failed(entry, 1, { fingerprint: print })));
    const [first] = entries;
    if (first === undefined) return;
    await eventually(async () => (await parked({ fingerprint: print })).total === 5, {
      what: 'five entries of the group',
      deadlineMs: 30_000,
    });
    const pages: string[] = [];
    let after: string | undefined;
    do {
      const page: Page = await parked({ fingerprint: print, limit: '2', ...(after === undefined ? {} : { after }) });
      pages.push(...page.entries.map(({ eventId }) => eventId));
      after = page.next;
    } while (after !== undefined);
    expect(pages.toSorted()).toEqual(entries.map(({ eventId }) => eventId).toSorted());
    const group = (await failures()).groups.find((one) => one['fingerprint'] === print);
    expect(group).toMatchObject({
      ...{ service: payments, consumer: `${payments}.handle`, entries: 5, dead: 5, retrying: 0, blockedEntities: 5 },
      ...{ types: ['orders.v2.OrderPlaced'], errorCode: 'stock.negative', message: 'no stock for ••••' },
    });
    expect(group?.['hours']).toEqual([...Array<number>(23).fill(0), 5]);
  });
});

describe('a service that answers', () => {
  test('is believed, and what failed before there were facts is found as well', async () => {
    const print = fingerprint();
    const group = failureGroup({ fingerprint: print, entries: 1, dead: 1, blockedEntities: 1, blockedEvents: 7 });
    const listed = {
      ...{ id: '99', consumer: 'orders.payments', state: 'dead', reason: 'dead', tenant: '', version: 3 },
      ...{ aggregateType: 'orders.order', aggregateId: uniqueName('old-order'), type: 'orders.v2.OrderPlaced' },
      ...{ eventId: newEventId(), fingerprint: print, errorCode: 'handler.unknown', message: 'no order', attempts: 3 },
      ...{ redriven: 0, holdsEntity: true, behind: 7, parkedAt: new Date().toISOString() },
    };
    says(orders, [group], [listed]);
    const { entries } = await eventually(
      async () => {
        const page = await parked({ q: listed.aggregateId });
        return page.entries.length > 0 && !page.unreachable.includes(orders) ? page : undefined;
      },
      { what: 'the entry that no fact told of', deadlineMs: 20_000 },
    );
    expect(entries).toMatchObject([{ service: orders, parkedId: '99', state: 'dead', errorCode: 'handler.unknown' }]);
    const { groups, unreachable } = await failures();
    expect(unreachable).not.toContain(orders);
    // All that it has: of what facts told before, it knows nothing any more.
    expect(groups.filter(({ service }) => service === orders)).toEqual([{ ...group, service: orders }]);
    expect(upstream(orders).looks.map(({ actor }) => actor)).toContain('waybill-console');
  });

  test('has what it does not have any more marked as gone, also what no fact told the end of', async () => {
    const print = fingerprint();
    const [kept, lost] = [entryOf(orders), entryOf(orders)];
    await language.send([
      failed(kept, 1, { fingerprint: print, parkedId: '31' }),
      failed(lost, 1, { fingerprint: print, parkedId: null }),
    ]);
    await stateBecomes(kept, 'dead');
    await stateBecomes(lost, 'dead');
    await running.pool.query(`update failure set touched_at = now() - interval '1 minute' where fingerprint = $1`, [
      print,
    ]);
    const listed = {
      ...{ id: '31', consumer: kept.consumer, state: 'dead', tenant: '', version: 1, aggregateType: 'orders.order' },
      ...{ aggregateId: kept.aggregateId, type: kept.eventType, eventId: kept.eventId, attempts: 5, redriven: 0 },
      ...{ holdsEntity: true, parkedAt: new Date().toISOString() },
    };
    says(orders, [failureGroup({ consumer: kept.consumer, fingerprint: print, entries: 1, dead: 1 })], [listed]);
    await stateBecomes(lost, 'gone');
    expect((await parked({ fingerprint: print })).entries.map(({ eventId }) => eventId)).toEqual([kept.eventId]);
  });

  test('is added to by what failed since', async () => {
    says(orders, []);
    await eventually(async () => !(await failures()).unreachable.includes(orders), {
      what: 'the service answers',
      deadlineMs: 20_000,
    });
    const print = fingerprint();
    const entry = entryOf(orders);
    saysNothing(orders);
    await language.send([failed(entry, 1, { fingerprint: print })]);
    await stateBecomes(entry, 'dead');
    const { groups } = await failures();
    expect(groups.find((one) => one['fingerprint'] === print)).toMatchObject({ service: orders, entries: 1 });
  });
});

describe('a service that is killed', () => {
  test('has its failures listed, searched, and marked with the time as of which they are known', async () => {
    const print = fingerprint();
    const entry = entryOf(orders);
    const group = failureGroup({
      consumer: entry.consumer,
      fingerprint: print,
      entries: 1,
      dead: 1,
      blockedEvents: 41,
    });
    const pause = { service: orders, consumer: entry.consumer, cause: 'PERSON', dependency: null } as const;
    await language.send([
      failed(entry, 1, { fingerprint: print }),
      language.recordOf(
        ConsumerPausedV1,
        {
          ...{ ...pause, actor: 'oskar', reason: 'the warehouse moves', pausedAt: new Date() },
          until: new Date(Date.now() + 3_600_000),
        },
        { aggregateId: `${orders}:${entry.consumer}`, correlationId: uniqueName('fact') },
      ),
    ]);
    await stateBecomes(entry, 'dead');
    says(orders, [group]);
    const told = async () => (await failures()).groups.some((one) => one['blockedEvents'] === group['blockedEvents']);
    await eventually(told, { what: 'the service answers', deadlineMs: 20_000 });
    await upstream(orders).stop();
    try {
      const seen = await eventually(
        async () => {
          const body = await failures();
          return body.unreachable.includes(orders) ? body : undefined;
        },
        { what: 'that it does not answer shows', deadlineMs: 20_000 },
      );
      expect(seen.groups).toContainEqual({ ...group, service: orders });
      expect(seen.silent).toContainEqual({ service: orders, asOf: expect.stringMatching(/^20\d\d-.*Z$/) as string });
      expect(seen.pauses).toContainEqual({
        ...{ service: orders, consumer: entry.consumer, reason: 'the warehouse moves' },
        ...{ pausedAt: expect.any(String) as string, until: expect.any(String) as string },
      });
      const page = await parked({ q: entry.eventId });
      expect(page).toMatchObject({
        entries: [{ eventId: entry.eventId }],
        unreachable: expect.arrayContaining([orders]),
      });
      const started = performance.now();
      await failures();
      expect(performance.now() - started).toBeLessThan(1_500);
    } finally {
      await upstream(orders).start();
    }
  });
});

test('what is done with is forgotten after its days; what is open stays, unless its service is looked at no more', async () => {
  const [done, open, fresh] = [entryOf(orders), entryOf(orders), entryOf(orders)];
  const end = (entry: Entry) => {
    const told = { entry, how: 'HANDLED', attempts: 1, recoveredAt: new Date() } as const;
    return language.recordOf(EventRecoveredV1, told, envelope(entry, 2));
  };
  await language.send([failed(done, 1), failed(open, 1), failed(fresh, 1), end(done), end(fresh)]);
  await stateBecomes(done, 'recovered');
  await stateBecomes(fresh, 'recovered');
  await running.pool.query(`update failure set changed_at = now() - interval '31 days' where event_id = any ($1)`, [
    [done.eventId, open.eventId],
  ]);
  const left = async () => {
    const { rows } = await running.pool.query<{ event_id: string }>(
      'select event_id from failure where event_id = any ($1)',
      [[done, open, fresh].map(({ eventId }) => eventId)],
    );
    return rows.map((row) => row.event_id).toSorted();
  };
  expect(await forgetOldFailures(running.pool, 30, [orders, payments])).toBe(1);
  expect(await left()).toEqual([open.eventId, fresh.eventId].toSorted());
  await forgetOldFailures(running.pool, 10, [payments]);
  expect(await left()).toEqual([fresh.eventId]);
});

test.each([['limit=0'], ['limit=201'], ['state=broken'], ['after=x'], ['q='], ['since=yesterday'], ['order=id']])(
  'the list of failed events is not asked for with %s',
  async (query) => {
    expect((await vera.request(`/api/parked?${query}`)).status).toBe(400);
  },
);
