import { randomBytes } from 'node:crypto';
import { Decimal, newEventId } from '@waybill/contracts';
import type { OutgoingRecord } from '@waybill/messaging';
import { customerId, orderId, OrderPlacedV2, PaymentCapturedV2, paymentId } from '@waybill/schemas';
import { eventually, uniqueName } from '@waybill/testing';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Browser } from './harness/browser.ts';
import { type RunningConsole, startConsole } from './harness/console.ts';
import { type PublishedLanguage, publishedLanguage } from './harness/published.ts';
import { sendJson } from './harness/upstream.ts';

let language: PublishedLanguage;
let running: RunningConsole;
let ada: Browser;

beforeAll(async () => {
  language = await publishedLanguage();
  running = await startConsole({ services: ['orders', 'payments'], indexConsumer: uniqueName('console.index') });
  ada = running.browser();
  await ada.logIn('ada@example.com');
});

afterAll(async () => {
  await running.stop();
  await language.close();
});

afterEach(() => {
  for (const upstream of Object.values(running.upstreams)) upstream.answering = () => false;
});

interface Step {
  readonly eventId: string;
  readonly type: string;
  readonly source?: string;
}

interface Answer {
  readonly services: readonly { readonly service: string; readonly steps: readonly Step[]; readonly cut: boolean }[];
  readonly unreachable: readonly string[];
  readonly matches?: readonly { readonly correlationId: string }[];
}

async function trace(id: string): Promise<Answer> {
  const response = await ada.request(`/api/trace?id=${encodeURIComponent(id)}`);
  const body: unknown = await response.json();
  expect({ status: response.status, body }).toMatchObject({ status: 200 });
  return body as Answer;
}

/** An order that was placed and paid for, by a customer, in a business transaction of its own. */
function paidOrder(customer: string) {
  const ids = {
    ...{ order: uniqueName('order'), customer, payment: uniqueName('payment'), correlation: uniqueName('shop') },
    ...{ placed: newEventId(), captured: newEventId(), trace: randomBytes(16).toString('hex') },
  };
  const shared = {
    aggregateId: ids.order,
    correlationId: ids.correlation,
    trace: { traceparent: `00-${ids.trace}-${randomBytes(8).toString('hex')}-01` },
  };
  const placed = language.recordOf(
    OrderPlacedV2,
    {
      orderId: orderId(ids.order),
      customerId: customerId(customer),
      email: 'mallory@example.com',
      lines: [{ sku: 'cd-04', quantity: 2, amount: new Decimal('29.33') }],
      ...{ total: new Decimal('29.33'), currency: 'USD', reference: null, placedAt: new Date() },
    },
    { ...shared, id: ids.placed },
  );
  const captured = language.recordOf(
    PaymentCapturedV2,
    {
      orderId: orderId(ids.order),
      paymentId: paymentId(ids.payment),
      ...{ amount: new Decimal('29.33'), currency: 'USD', providerReference: null, capturedAt: new Date() },
    },
    { ...shared, id: ids.captured, causationId: ids.placed },
  );
  return { ids, records: [placed, captured] };
}

async function rowsOf(correlation: string): Promise<readonly Record<string, unknown>[]> {
  const { rows } = await running.pool.query<Record<string, unknown>>(
    'select * from event_index where correlation_id = $1 order by time',
    [correlation],
  );
  return rows;
}

async function indexed(records: readonly OutgoingRecord[], correlation: string): Promise<void> {
  await language.send(records);
  await eventually(async () => (await rowsOf(correlation)).length >= records.length, {
    what: `the events of ${correlation} are in the index`,
    deadlineMs: 60_000,
  });
}

test('an event is in the index with its ids, and with nothing else of its data', async () => {
  const { ids, records } = paidOrder(uniqueName('customer'));
  await indexed(records, ids.correlation);
  expect(await rowsOf(ids.correlation)).toMatchObject([
    {
      ...{
        event_id: ids.placed,
        type: 'orders.v2.OrderPlaced',
        topic: 'orders.order',
        source: '/waybill/orders',
        tenant: '',
        version: '1',
      },
      ...{ aggregate_type: 'orders.order', aggregate_id: ids.order, causation_id: null },
      ...{ business_ids: [ids.customer], time: expect.any(Date), indexed_at: expect.any(Date) },
    },
    { event_id: ids.captured, causation_id: ids.placed, business_ids: [ids.payment], topic: 'payments.payment' },
  ]);
  expect(JSON.stringify(await rowsOf(ids.correlation))).not.toMatch(/mallory|cd-04|29\.33/);
});

test('a journey is found by each id of its events, though no service knows of it', async () => {
  const { ids, records } = paidOrder(uniqueName('customer'));
  await indexed(records, ids.correlation);
  const { placed, captured, correlation, order, payment, customer } = ids;
  for (const id of [placed, captured, placed.toUpperCase(), correlation, order, payment, customer, ids.trace]) {
    expect({ id, ...(await trace(id)) }).toEqual({
      id,
      services: [
        { service: 'orders', cut: false, steps: [expect.objectContaining({ eventId: placed, source: 'index' })] },
        {
          service: 'payments',
          cut: false,
          steps: [
            {
              ...{ kind: 'published', source: 'index', eventId: captured, type: 'payments.v2.PaymentCaptured' },
              ...{ aggregateType: 'payments.payment', aggregateId: order, version: 1, at: expect.any(String) },
              ...{ correlationId: correlation, causationId: placed, traceId: ids.trace },
            },
          ],
        },
      ],
      unreachable: [],
    });
  }
  expect(await trace(uniqueName('customer'))).toEqual({
    services: [
      { service: 'orders', steps: [], cut: false },
      { service: 'payments', steps: [], cut: false },
    ],
    unreachable: [],
  });
});

test('an id that stands for several business transactions is answered by a list, the newest first', async () => {
  const customer = uniqueName('customer');
  const first = paidOrder(customer);
  await indexed(first.records, first.ids.correlation);
  const second = paidOrder(customer);
  await indexed(second.records, second.ids.correlation);
  const matchOf = ({ ids }: typeof first) => ({
    ...{ correlationId: ids.correlation, aggregateId: ids.order, events: 2 },
    ...{ firstType: 'orders.v2.OrderPlaced', firstAt: expect.stringMatching(/^\d{4}-.*Z$/) },
  });
  expect(await trace(customer)).toEqual({ services: [], unreachable: [], matches: [second, first].map(matchOf) });
});

test('the journey of an entity goes through all of its business transactions, which are listed beside it', async () => {
  const { ids, records } = paidOrder(uniqueName('customer'));
  await indexed(records, ids.correlation);
  const later = uniqueName('shop');
  const refund = { aggregateId: ids.order, correlationId: later, aggregateVersion: 2 };
  await indexed(
    [
      language.recordOf(
        PaymentCapturedV2,
        {
          orderId: orderId(ids.order),
          paymentId: paymentId(ids.payment),
          ...{ amount: new Decimal('1.00'), currency: 'USD', providerReference: null, capturedAt: new Date() },
        },
        refund,
      ),
    ],
    later,
  );
  const { services, matches } = await trace(ids.order);
  expect(services.map(({ service, steps }) => [service, steps.length])).toEqual([
    ['orders', 1],
    ['payments', 2],
  ]);
  expect(matches).toMatchObject([{ correlationId: later }, { correlationId: ids.correlation }]);
});

test('services are asked with the entities that the index knows; their answers count, and it stands in for the silent', async () => {
  const { ids, records } = paidOrder(uniqueName('customer'));
  await indexed(records, ids.correlation);
  const { orders, payments } = running.upstreams;
  if (orders === undefined || payments === undefined) throw new Error('There are no such services.');
  const told = { kind: 'published', eventId: ids.placed, type: 'orders.v2.OrderPlaced', aggregateId: ids.order };
  orders.answering = (_request, response) => {
    const steps = [{ ...told, at: new Date().toISOString() }];
    sendJson(response, 200, { correlationIds: [ids.correlation], steps, cut: false });
    return true;
  };
  orders.taken.splice(0);
  await payments.stop();
  try {
    expect(await trace(ids.payment)).toEqual({
      services: [
        { service: 'orders', cut: false, steps: [{ ...told, at: expect.any(String) }] },
        {
          service: 'payments',
          cut: true,
          steps: [expect.objectContaining({ eventId: ids.captured, source: 'index' })],
        },
      ],
      unreachable: ['payments'],
    });
  } finally {
    await payments.start();
  }
  expect(orders.taken.map(({ url }) => url)).toEqual([`/ops/v1/trace?id=${ids.correlation}&entities=${ids.order}`]);
});

test('what an event says is read from its topic, with personal values masked, and only if it is that event', async () => {
  const { ids, records } = paidOrder(uniqueName('customer'));
  await indexed(records, ids.correlation);
  const body = async (id: string) => {
    const response = await ada.request(`/api/events/${id}/body`);
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const placed = await body(ids.placed);
  expect(placed).toMatchObject({
    status: 200,
    body: {
      ...{ eventId: ids.placed, type: 'orders.v2.OrderPlaced', topic: 'orders.order', masked: ['email'] },
      data: { orderId: ids.order, lines: [{ sku: 'cd-04', quantity: 2 }] },
      schema: expect.stringContaining('OrderPlaced') as string,
    },
  });
  expect(JSON.stringify(placed)).not.toContain('mallory');

  const move = (offset: string) =>
    running.pool.query(`update waybill.inbox set log_offset = ${offset} where event_id = $1`, [ids.captured]);
  await move('log_offset + 1000000');
  expect(await body(ids.captured)).toMatchObject({
    status: 410,
    body: { type: 'urn:waybill:problem:console.body-replaced', detail: expect.stringContaining('made anew') as string },
  });
  const { body: there } = placed;
  await running.pool.query(`update waybill.inbox set topic = $2, partition = $3, log_offset = $4 where event_id = $1`, [
    ids.captured,
    there['topic'],
    there['partition'],
    there['offset'],
  ]);
  expect(await body(ids.captured)).toMatchObject({
    status: 410,
    body: { type: 'urn:waybill:problem:console.body-replaced' },
  });
  expect(await body(newEventId())).toMatchObject({
    status: 404,
    body: { type: 'urn:waybill:problem:console.place-unknown' },
  });
});

test('an event that comes again makes no second row', async () => {
  const { ids, records } = paidOrder(uniqueName('customer'));
  await indexed(records, ids.correlation);
  await language.send(records);
  await eventually(
    async () => {
      const { rows } = await running.pool.query('select 1 from waybill.skipped where correlation_id = $1', [
        ids.correlation,
      ]);
      return rows.length === records.length;
    },
    { what: 'the second delivery is skipped', deadlineMs: 60_000 },
  );
  expect(await rowsOf(ids.correlation)).toHaveLength(records.length);
});

test('an index that cannot be searched leaves the services to be asked alone', async () => {
  const { ids, records } = paidOrder(uniqueName('customer'));
  await indexed(records, ids.correlation);
  await running.pool.query('alter table event_index rename to event_index_away');
  try {
    expect(await trace(ids.order)).toEqual({
      services: [
        { service: 'orders', steps: [], cut: false },
        { service: 'payments', steps: [], cut: false },
      ],
      unreachable: [],
    });
  } finally {
    await running.pool.query('alter table event_index_away rename to event_index');
  }
  expect((await trace(ids.order)).services[0]?.steps).toHaveLength(1);
});
