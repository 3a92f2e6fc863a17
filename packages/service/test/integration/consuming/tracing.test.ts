import { trace } from '@opentelemetry/api';
import { consumer, type ConsumerDefinition, type HandlerContext, on, onBatch, TerminalError } from '@waybill/messaging';
import type { Event } from '@waybill/contracts';
import { startTelemetry, stopTelemetry, type TelemetryOptions, withCorrelation } from '@waybill/telemetry';
import { eventually, uniqueName } from '@waybill/testing';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { consumingHarness, type Deposit, type Harness } from './harness.ts';

type Processor = NonNullable<TelemetryOptions['spanProcessors']>[number];
type EndedSpan = Parameters<Processor['onEnd']>[0];

const ended: EndedSpan[] = [];
const collecting: Processor = {
  onStart: () => undefined,
  onEnd: (span) => void ended.push(span),
  forceFlush: async () => undefined,
  shutdown: async () => undefined,
};

let bank: Harness;
beforeAll(() => startTelemetry({ serviceName: 'bank', spanProcessors: [collecting] }));
afterAll(() => stopTelemetry());
beforeEach(async () => {
  bank = await consumingHarness();
});
afterEach(async () => bank.close());

type Handle = (event: Event<Deposit>, context: HandlerContext) => Promise<void>;

function reaction(handle: Handle = async () => undefined, options: Partial<ConsumerDefinition> = {}) {
  return consumer({
    ...options,
    name: uniqueName('bank.consumer'),
    kind: 'reaction',
    from: 'beginning',
    handlers: [on(bank.deposited, handle)],
  });
}

function spansOf(account: string): readonly EndedSpan[] {
  return ended.filter(({ attributes }) => attributes['correlation.id'] === `correlation-${account}`);
}

function named(account: string, operation: string): readonly EndedSpan[] {
  return spansOf(account).filter(({ name }) => name === `${operation} ${bank.topic}`);
}

async function seesSpans(account: string, operation: string, count: number): Promise<readonly EndedSpan[]> {
  return eventually(() => (named(account, operation).length >= count ? named(account, operation) : undefined), {
    what: `${count} spans "${operation}" of ${account}`,
    deadlineMs: 20_000,
  });
}

test('a trace leads from the business transaction over the broker into the handler', async () => {
  const account = uniqueName('account');
  await trace.getTracer('test').startActiveSpan('request', async (span) => {
    await withCorrelation(`correlation-${account}`, { 'order.id': 'o-1' }, () =>
      bank.commit((tx) =>
        bank.outbox.publish(tx, bank.deposited, { aggregateId: account, data: { account, amount: 1 } }),
      ),
    );
    span.end();
  });
  bank.startRelay('only');
  bank.start(reaction());
  const [process] = await seesSpans(account, 'process', 1);
  const [create] = named(account, 'create');
  const [send] = named(account, 'send');
  const root = spansOf(account).find(({ name }) => name === 'request');
  expect(create?.parentSpanContext?.spanId).toBe(root?.spanContext().spanId);
  expect(send?.parentSpanContext?.spanId).toBe(create?.spanContext().spanId);
  expect(process?.parentSpanContext?.spanId).toBe(create?.spanContext().spanId);
  expect([create, send, process].map((span) => span?.attributes['order.id'])).toEqual(['o-1', 'o-1', 'o-1']);
  expect(process?.attributes).toMatchObject({
    'messaging.operation.type': 'process',
    'messaging.destination.partition.id': expect.stringMatching(/^[0-2]$/),
    'messaging.kafka.offset': 0,
    'waybill.aggregate.version': 1,
    'waybill.attempt': 1,
  });
});

test('an event that is refused leaves a failed span without its data', async () => {
  const account = uniqueName('account');
  const wrong: Deposit = { account, amount: Number.NaN };
  await withCorrelation(`correlation-${account}`, {}, async () => {
    await expect(
      bank.commit((tx) => bank.outbox.publish(tx, bank.deposited, { aggregateId: account, data: wrong })),
    ).rejects.toThrow('amount');
  });
  const [create] = named(account, 'create');
  expect(create?.status).toEqual({ code: 2 });
  expect(create?.events).toEqual([]);
  expect(create?.attributes['error.type']).toEqual(expect.any(String));
});

test('what is delivered again shows as a skip, with the place of that delivery', async () => {
  const account = uniqueName('account');
  const first = bank.deposit(account, 1);
  await bank.send(first);
  await bank.send(first);
  bank.start(reaction());
  const [skip] = await seesSpans(account, 'skip', 1);
  expect(skip?.attributes).toMatchObject({ 'waybill.skip.reason': 'duplicate', 'messaging.kafka.offset': 1 });
  expect(named(account, 'process').length).toBe(1);
});

test('work that was undone with its transaction is not taken for a second effect', async () => {
  const account = uniqueName('account');
  await bank.send(bank.deposit(account, 1), bank.deposit(account, 2));
  bank.start(
    reaction(async ({ aggregateVersion }) => {
      if (aggregateVersion === 2) throw new TerminalError('no such account', { code: 'bank.closed' });
    }),
  );
  const spans = await seesSpans(account, 'process', 3);
  const ofFirst = spans.filter(({ attributes }) => attributes['waybill.aggregate.version'] === 1);
  expect(ofFirst.map(({ attributes }) => attributes['waybill.rolled_back'] ?? false)).toEqual([true, false]);
  const [park] = await seesSpans(account, 'park', 1);
  expect(park?.attributes).toMatchObject({ 'waybill.parked.reason': 'dead', 'error.type': 'bank.closed' });
  expect(park?.status).toEqual({ code: 2, message: 'no such account' });
});

test('a gap shows as what is parked, what is asked of the producer, and the time that it took', async () => {
  const account = uniqueName('account');
  bank.deposit(account, 1);
  await bank.send(bank.deposit(account, 2));
  bank.start(reaction(undefined, { gapPatienceMs: 300 }));
  const process = await seesSpans(account, 'process', 2);
  expect(named(account, 'park').map(({ attributes }) => attributes['waybill.parked.reason'])).toEqual(['gap']);
  expect(named(account, 'reconcile').length).toBe(1);
  const [fetched, waited] = process.map(({ attributes }) => attributes);
  expect(fetched).toMatchObject({ 'waybill.aggregate.version': 1, 'waybill.fetched': true });
  expect(waited).toMatchObject({ 'waybill.aggregate.version': 2, 'waybill.parked.reason': 'gap' });
  expect(Number(waited?.['waybill.parked.ms'])).toBeGreaterThanOrEqual(290);
});

test('a batch handler shows in the trace of each of its events, and each is the cause of what was published for it', async () => {
  const accounts = [uniqueName('account'), uniqueName('account'), uniqueName('account')];
  await bank.send(...accounts.flatMap((account) => [bank.deposit(account, 1), bank.deposit(account, 2)]));
  bank.start(
    consumer({
      name: uniqueName('bank.consumer'),
      kind: 'reaction',
      from: 'beginning',
      handlers: [
        onBatch(bank.deposited, async (events, { publish }) => {
          for (const event of events) {
            const { account } = event.data;
            await publish(event, bank.deposited, { aggregateId: `echo-${account}`, data: { account, amount: 1 } });
          }
        }),
      ],
    }),
  );
  for (const account of accounts) {
    const processed = await seesSpans(account, 'process', 2);
    expect(processed.map(({ attributes }) => attributes['waybill.aggregate.version'])).toEqual([1, 2]);
    expect(Number(processed[0]?.attributes['messaging.batch.message_count'])).toBeGreaterThanOrEqual(2);
    const created = named(account, 'create');
    expect(created.map(({ parentSpanContext }) => parentSpanContext?.spanId)).toEqual(
      processed.map((span) => span.spanContext().spanId),
    );
    const rows = await bank.rows('SELECT causationid FROM waybill.outbox WHERE aggregateid = $1 ORDER BY position', [
      `echo-${account}`,
    ]);
    expect(rows.map(({ causationid }) => causationid)).toEqual(
      processed.map(({ attributes }) => attributes['messaging.message.id']),
    );
  }
});

test('an event whose trace was not kept makes no spans, and what its handler publishes stays in that trace', async () => {
  const account = uniqueName('account');
  const deposit = bank.deposit(account, 1);
  const traceId = '0af7651916cd43dd8448eb211c80319c';
  await bank.send({
    ...deposit,
    headers: { ...deposit.headers, traceparent: `00-${traceId}-b7ad6b7169203331-00`, baggage: 'order.id=o-7' },
  });
  bank.start(
    reaction(async ({ data }, { tx, publish }) => {
      await tx.query('SELECT 1');
      await publish(bank.deposited, { aggregateId: `echo-${account}`, data });
    }),
  );
  const row = await eventually(
    async () => {
      const rows = await bank.rows('SELECT * FROM waybill.outbox WHERE aggregateid = $1', [`echo-${account}`]);
      return rows[0];
    },
    { what: 'the published event', deadlineMs: 20_000 },
  );
  expect(row).toMatchObject({
    correlationid: `correlation-${account}`,
    causationid: deposit.headers['ce_id'],
    traceparent: expect.stringMatching(new RegExp(`^00-${traceId}-[0-9a-f]{16}-00$`)),
    baggage: expect.stringContaining('order.id=o-7'),
  });
  expect(spansOf(account)).toEqual([]);
});

test('a consumer that only looks on makes no spans, whatever becomes of what it is given', async () => {
  const account = uniqueName('account');
  const seen: string[] = [];
  const onlooker = reaction(async (event) => void seen.push(event.id), { tracing: 'none' });
  bank.start(onlooker);
  const follower = reaction();
  bank.start(follower);
  const deposit = bank.deposit(account, 1);
  await bank.send(deposit, deposit, bank.deposit(account, 3), bank.deposit(account, 2));
  await eventually(() => seen.length === 3, { what: 'three events that were looked on', deadlineMs: 20_000 });
  await seesSpans(account, 'process', 3);
  await seesSpans(account, 'skip', 1);
  const groups = spansOf(account).map(({ attributes }) => attributes['messaging.consumer.group.name']);
  expect(new Set(groups)).toEqual(new Set([follower.name]));
});
