import { eventually } from '@waybill/testing';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Journey } from '../../src/trace/journey.ts';
import { loadJourney } from '../../src/trace/load-journey.ts';
import { serviceNames } from '../../src/up/fleet.ts';
import { otlpReceiver, type OtlpReceiver, type ReceivedSpan } from './support/otlp-receiver.ts';
import { type Sample, startSample } from './support/sample.ts';

interface PlacedOrder {
  readonly orderId: string;
  readonly correlationId: string;
  readonly customerId: string;
}

const orders = 10;
/** By all consumers together, for the seven events of an order that is fulfilled. */
const stepsOfAnOrder = 15;
const personal = 'very.private';
const delays = { seed: 7, delayOneOf: 2, delayMs: [300, 1500], withholdOneOf: 0, withholdMs: 0 };

let receiver: OtlpReceiver;
let sample: Sample;
let placed: readonly PlacedOrder[] = [];
let logs = '';
let journeys: readonly (Journey | undefined)[] = [];

beforeAll(async () => {
  receiver = await otlpReceiver();
  sample = await startSample({
    otlpUrl: receiver.url,
    // Records that come late open gaps, and a provider that fails now and then makes retries.
    faultsOf: () => delays,
    env: { 'payment-provider': { PROVIDER_FAILING_SHARE: '0.3' } },
  });
  placed = await Promise.all(Array.from({ length: orders }, (_, number) => place(number)));
  await refuse();
  for (const { orderId } of placed) await untilMailed(orderId);
  journeys = await journeysOf(placed[0]);
  logs = await sample.stopServices();
}, 240_000);

afterAll(async () => {
  await sample?.close();
  receiver?.close();
});

async function place(number: number): Promise<PlacedOrder> {
  const correlationId = `tracing-${number}`;
  const customerId = `customer-${number}`;
  const response = await post(correlationId, { email: `${personal}-${number}@example.org`, customerId });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-correlation-id')).toBe(correlationId);
  const { orderId } = (await response.json()) as { orderId: string };
  return { orderId, correlationId, customerId };
}

/** What is refused must not show what was wrong with it either. */
async function refuse(): Promise<void> {
  const response = await post('tracing-refused', { email: `${personal}@@example.org`, customerId: 'customer-0' });
  expect(response.status).toBe(400);
}

function post(correlationId: string, customer: { email: string; customerId: string }): Promise<Response> {
  return fetch(`${sample.urlOf('orders')}/orders`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      'idempotency-key': `key-${correlationId}`,
      'x-correlation-id': correlationId,
    },
    body: JSON.stringify({ ...customer, currency: 'USD', lines: [{ sku: 'cd-01', quantity: 1, amount: '10.00' }] }),
  });
}

async function untilMailed(orderId: string): Promise<void> {
  const mails = async () => {
    const response = await fetch(`${sample.urlOf('notifications')}/notifications/${orderId}`);
    return ((await response.json()) as { mails: readonly unknown[] }).mails.length;
  };
  await eventually(async () => (await mails()) === 2, {
    what: `both mails about ${orderId}`,
    deadlineMs: 120_000,
    everyMs: 250,
  });
}

/** The journey of an order as `waybill trace` finds it: by the order's id, its correlation id, and an event's id. */
async function journeysOf(order: PlacedOrder | undefined): Promise<readonly (Journey | undefined)[]> {
  const databases = serviceNames.map((service) => ({
    service,
    pool: new pg.Pool({ connectionString: sample.databaseUrl(service), max: 2 }),
  }));
  try {
    // The mails are not the last: projections that were held up come after them.
    const byOrder = await eventually(
      async () => {
        const journey = await loadJourney(databases, order?.orderId ?? '');
        return settledSteps(journey) === stepsOfAnOrder ? journey : undefined;
      },
      { what: `all steps of ${order?.orderId}`, deadlineMs: 30_000, everyMs: 250 },
    );
    const event = byOrder.events.find(({ type }) => type === 'shipping.v1.ShipmentBooked');
    return [
      byOrder,
      await loadJourney(databases, order?.correlationId ?? ''),
      await loadJourney(databases, event?.id ?? ''),
      await loadJourney(databases, 'nobody'),
    ];
  } finally {
    await Promise.all(databases.map(({ pool }) => pool.end()));
  }
}

/** Steps that were taken, or that a snapshot made needless. */
function settledSteps(journey: Journey | undefined): number {
  const settled = journey?.steps.filter(
    ({ outcome }) => outcome.kind === 'handled' || (outcome.kind === 'skipped' && outcome.reason === 'covered'),
  );
  return settled?.length ?? 0;
}

function spansOf({ correlationId }: Pick<PlacedOrder, 'correlationId'>): readonly ReceivedSpan[] {
  return receiver.spans.filter(({ attributes }) => attributes['correlation.id'] === correlationId);
}

function ofEvents(spans: readonly ReceivedSpan[]): readonly ReceivedSpan[] {
  return spans.filter(({ attributes }) => attributes['messaging.system'] === 'kafka');
}

/** The spans from the root of its trace down to this one. */
function pathTo(span: ReceivedSpan): readonly ReceivedSpan[] {
  const byId = new Map(receiver.spans.map((each) => [each.spanId, each]));
  const path = [span];
  for (let at = span; at.parentSpanId !== undefined;) {
    const parent = byId.get(at.parentSpanId);
    if (parent === undefined) throw new Error(`the parent of ${at.name} in ${at.service} never came`);
    path.unshift(parent);
    at = parent;
  }
  return path;
}

describe('the trace of an order', () => {
  it('leads from the request to the mail without a break, through four services', () => {
    for (const order of placed) {
      const mail = spansOf(order).find(
        ({ name, service, failed, attributes }) =>
          service === 'notifications' &&
          name === 'call orders.order' &&
          !failed &&
          attributes['waybill.event.type'] === 'orders.v1.OrderFulfilled',
      );
      if (mail === undefined) throw new Error(`no mail in the trace of ${order.correlationId}`);
      const path = pathTo(mail).map(({ service, name, kind }) => `${service}: ${name} (${kind})`);
      const joined = ['payments', 'inventory'].find((service) => path[3]?.startsWith(service)) ?? 'neither';
      const topic = joined === 'payments' ? 'payments.payment' : 'inventory.reservation';
      expect(path).toEqual([
        'orders: POST /orders (server)',
        'orders: POST /orders (internal)',
        'orders: create orders.order (producer)',
        `${joined}: process orders.order (consumer)`,
        `${joined}: create ${topic} (producer)`,
        `orders: process ${topic} (consumer)`,
        'orders: create orders.order (producer)',
        'shipping: process orders.order (consumer)',
        'shipping: create shipping.shipment (producer)',
        'orders: process shipping.shipment (consumer)',
        'orders: create orders.order (producer)',
        'notifications: call orders.order (internal)',
      ]);
    }
  });

  it('is one trace, and holds nothing of another order', () => {
    const traces = placed.map((order) => new Set(spansOf(order).map(({ traceId }) => traceId)));
    expect(traces.map(({ size }) => size)).toEqual(placed.map(() => 1));
    expect(new Set(traces.flatMap((ids) => [...ids])).size).toBe(orders);
  });

  it('carries the correlation id on each of its spans, and the business ids from the event on', () => {
    for (const order of placed) {
      const traceId = spansOf(order)[0]?.traceId;
      const spans = receiver.spans.filter((span) => span.traceId === traceId);
      expect(spans.filter(({ attributes }) => attributes['correlation.id'] !== order.correlationId)).toEqual([]);
      const ids = ofEvents(spans).map(({ attributes }) => [attributes['order.id'], attributes['customer.id']]);
      expect(ids).toEqual(ids.map(() => [order.orderId, order.customerId]));
    }
    expect(receiver.spans.filter(({ attributes }) => attributes['correlation.id'] === undefined)).toEqual([]);
  });

  it('says for each event when it was sent, and for each processing which delivery it was of', () => {
    for (const order of placed) {
      const spans = spansOf(order);
      const created = spans.filter(({ name }) => name.startsWith('create '));
      const sent = spans.filter(({ name }) => name.startsWith('send '));
      for (const { spanId, attributes } of created) {
        // The two renditions of the placed order are two records.
        const records = attributes['waybill.event.type'] === 'orders.v2.OrderPlaced' ? 2 : 1;
        expect(sent.filter(({ parentSpanId }) => parentSpanId === spanId).length).toBe(records);
      }
      for (const { name, attributes } of spans.filter(({ kind }) => kind === 'consumer')) {
        expect(attributes).toMatchObject({
          'messaging.system': 'kafka',
          'messaging.destination.name': name.split(' ')[1],
          'messaging.destination.partition.id': expect.stringMatching(/^\d+$/),
          'messaging.kafka.offset': expect.any(Number),
          'messaging.message.conversation_id': order.correlationId,
        });
      }
    }
  });

  it('shows what waited, for what, and for how long', () => {
    const all = placed.flatMap((order) => ofEvents(spansOf(order)));
    const parked = all.filter(({ name }) => name.startsWith('park '));
    expect(parked.map(({ attributes }) => attributes['waybill.parked.reason'])).toContain('gap');
    const afterGap = all.filter(
      ({ attributes }) =>
        attributes['waybill.parked.reason'] !== 'external' && Number(attributes['waybill.parked.ms']) > 0,
    );
    expect(afterGap.length).toBeGreaterThan(0);
    const retried = all.filter(
      ({ service, attributes }) => service === 'payments' && attributes['waybill.attempt'] === 2,
    );
    expect(retried.length).toBeGreaterThan(0);
    const failed = all.filter(({ failed: isFailed }) => isFailed);
    expect(failed.every(({ attributes }) => attributes['error.type'] !== undefined)).toBe(true);
  });
});

it('no personal data and no secret is in any span or in any log line', () => {
  const spans = receiver.spans.map(({ text }) => text).join('\n');
  for (const value of [personal, ...sample.secrets]) {
    expect(spans).not.toContain(value);
    expect(logs).not.toContain(value);
  }
  expect(sample.secrets.length).toBeGreaterThan(0);
});

it('what a service logs about an event carries its trace and its correlation id', () => {
  const lines = logs
    .split('\n')
    .filter((line) => line.startsWith('{') && line.includes('"event_id"'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  const traceOf = new Map(placed.map((order) => [order.correlationId, spansOf(order)[0]?.traceId]));
  const aboutOrders = lines.filter((line) => traceOf.has(String(line['correlation.id'])));
  expect(aboutOrders.length).toBeGreaterThan(0);
  for (const line of aboutOrders) expect(line['trace_id']).toBe(traceOf.get(String(line['correlation.id'])));
});

it('the journey in the databases is the one in the trace, by whichever id it is asked for', () => {
  const [byOrder, byCorrelation, byEvent, unknown] = journeys;
  const told = (journey: Journey | undefined) => ({
    events: journey?.events.map(({ id }) => id).toSorted((a, b) => a.localeCompare(b)),
    handled: handledIn(journey),
  });
  expect(told(byCorrelation)).toEqual(told(byOrder));
  expect(told(byEvent)).toEqual(told(byOrder));
  expect(unknown).toBeUndefined();
  const [first] = placed;
  const processed = spansOf(first ?? { correlationId: '' }).filter(
    ({ name, failed, attributes }) =>
      name.startsWith('process ') && !failed && attributes['waybill.rolled_back'] === undefined,
  );
  expect(handledIn(byOrder)).toEqual(
    processed
      .map(({ attributes }) => `${attributes['messaging.consumer.group.name']} ${attributes['waybill.event.type']}`)
      .toSorted((a, b) => a.localeCompare(b)),
  );
});

function handledIn(journey: Journey | undefined): readonly string[] {
  const typeOf = new Map(journey?.events.map(({ id, type }) => [id, type]));
  return (journey?.steps ?? [])
    .filter(({ outcome }) => outcome.kind === 'handled')
    .map(({ consumer, eventId }) => `${consumer} ${typeOf.get(eventId)}`)
    .toSorted((a, b) => a.localeCompare(b));
}
