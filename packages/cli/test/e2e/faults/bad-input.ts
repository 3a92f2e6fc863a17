import { frame } from '@waybill/contracts';
import { kafkaPublisher } from '@waybill/kafka';
import type { Logger, OutgoingRecord } from '@waybill/messaging';
import { eventually } from '@waybill/testing';
import { describe, expect, it } from 'vitest';
import type { ServiceName } from '../../../src/up/fleet.ts';
import { judgement, type RunningSample, valid } from '../running-sample.ts';

const good = {
  customerId: '00042',
  email: 'customer-00042@example.com',
  currency: 'USD',
  reference: 'bad-input',
  lines: [{ sku: 'cd-01', quantity: 1, amount: '10.00' }],
};
const line = (wrong: object) => ({ ...good, lines: [{ ...good.lines[0], ...wrong }] });

/** Title, body, status, and what the answer must name. */
const refused: readonly (readonly [string, string, number, string])[] = [
  ['malformed JSON', '{"customerId": "00042",', 400, 'JSON'],
  ['a wrong type', JSON.stringify({ ...good, customerId: 42 }), 400, 'customerId'],
  ['an unknown field', JSON.stringify({ ...good, discount: '5.00' }), 400, 'discount'],
  ['a negative quantity', JSON.stringify(line({ quantity: -1 })), 400, 'quantity'],
  ['an amount that is no decimal', JSON.stringify(line({ amount: '1e3' })), 400, 'amount'],
  ['a body that is too large', JSON.stringify({ ...good, reference: 'x'.repeat(70_000) }), 413, '64 KB'],
];

/** Who reads `orders.order`, and whether it handles `OrderPlaced`: events of a type that it does not are not looked into. */
const readers = [
  { service: 'payments', consumer: 'payments.capture', handles: true },
  { service: 'inventory', consumer: 'inventory.reservations', handles: true },
  { service: 'shipping', consumer: 'shipping.bookings', handles: false },
  { service: 'notifications', consumer: 'notifications.contacts', handles: true },
  { service: 'notifications', consumer: 'notifications.mail', handles: false },
] as const;
const topic = 'orders.order';
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** What becomes of requests and of records that should never have been made. */
export function badInput(sample: () => RunningSample): void {
  const post = (body: string, key: string) =>
    fetch(`${sample().ordersUrl}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': key },
      body,
    });
  const traces = async () => {
    const counted = `SELECT (SELECT count(*) FROM orders) AS orders, (SELECT count(*) FROM waybill.stream) AS streams`;
    return (await sample().query('orders', counted))[0];
  };

  describe('a bad request', () => {
    it.each(refused)('with %s is refused with the reason, and leaves no trace', async (title, body, status, named) => {
      const before = await traces();
      const response = await post(body, title.replaceAll(' ', '-'));
      expect([response.status, response.headers.get('content-type')]).toEqual([
        status,
        expect.stringContaining('application/problem+json'),
      ]);
      expect(await response.text()).toContain(named);
      expect(await traces()).toEqual(before);
    });

    it('under a key that was used for another order is refused, and one for an unknown order is not found', async () => {
      expect((await post(JSON.stringify(good), 'used')).status).toBe(201);
      const before = await traces();
      expect((await post(JSON.stringify(line({ quantity: 2 })), 'used')).status).toBe(422);
      expect((await fetch(`${sample().ordersUrl}/orders/unknown`)).status).toBe(404);
      const cancelled = await fetch(`${sample().ordersUrl}/orders/unknown/cancel`, {
        method: 'POST',
        headers: { 'idempotency-key': 'unknown' },
      });
      expect(cancelled.status).toBe(404);
      expect(await traces()).toEqual(before);
    });
  });

  describe('a poison record put on a topic by a foreign producer', () => {
    it('is parked with its reason by everyone who reads it, and the flow goes on around it', async () => {
      const { environment } = sample().stage;
      const publisher = kafkaPublisher({ brokers: environment.kafkaBrokers, clientId: 'foreign', log: silent });
      const poison = await poisonRecords(sample());
      await publisher.send(poison.flatMap(copies));
      await publisher.close();
      for (const { service, consumer, handles } of readers) {
        const expected = handles ? poison : poison.filter(({ headers }) => headers['ce_type'] === undefined);
        await parked(sample(), service, consumer, expected.length * copyNumbers.length);
      }
      expect(judgement(await sample().run(20))).toEqual(valid(20));
      await sample().healthy();
      for (const { service } of readers) {
        const effects = `SELECT count(*)::int AS n FROM effect_ledger WHERE aggregate_id LIKE 'poison-%'`;
        expect(await sample().query(service, effects)).toEqual([{ n: 0 }]);
      }
    });
  });
}

async function parked(sample: RunningSample, service: ServiceName, consumer: string, expected: number) {
  const sql = `SELECT error_code AS code FROM waybill.parked WHERE consumer = $1 AND reason = 'dead'`;
  await eventually(
    async () => {
      const rows = await sample.query(service, sql, [consumer]);
      expect(rows.length).toBe(expected);
      expect(rows.every(({ code }) => typeof code === 'string' && code !== 'handler.unknown')).toBe(true);
      return true;
    },
    { what: `${consumer} parking ${expected} poison records`, deadlineMs: 30_000 },
  );
}

/** Not Avro and without headers; an unknown schema id; cut off; and an array that says it has billions of items. */
async function poisonRecords(sample: RunningSample): Promise<readonly OutgoingRecord[]> {
  const { value, headers } = await realEvent(sample);
  const schemaId = Buffer.from(value).readUInt32BE(1);
  const of = (kind: string, body: Uint8Array, own: Record<string, string>): OutgoingRecord => ({
    topic,
    key: `poison-${kind}`,
    value: body,
    headers: own,
  });
  const like = (kind: string, body: Uint8Array) =>
    of(kind, body, {
      ...headers,
      ce_subject: `poison-${kind}`,
      ce_partitionkey: `poison-${kind}`,
      ce_time: '2001-01-01T00:00:00.000Z',
    });
  const text = (of_: string) => Buffer.concat([Buffer.from([of_.length * 2]), Buffer.from(of_)]);
  const billions = Buffer.from([0xfe, 0xff, 0xff, 0xff, 0x0f]);
  return [
    of('not-avro', Buffer.from('hello'), {}),
    like('unknown-schema', frame(2_000_000_000, Buffer.from(value).subarray(5))),
    like('truncated', Buffer.from(value).subarray(0, 20)),
    like('hostile-array', frame(schemaId, Buffer.concat([text('o'), text('c'), text('e@example.com'), billions]))),
  ];
}

/** One key each, so that several partitions get one. */
const copyNumbers = [1, 2, 3] as const;

/** The same poison under several keys and ids. */
function copies(record: OutgoingRecord): readonly OutgoingRecord[] {
  return copyNumbers.map((copy) => {
    const key = `${record.key}-${copy}`;
    if (record.headers['ce_id'] === undefined) return { ...record, key };
    return {
      ...record,
      key,
      headers: { ...record.headers, ce_id: crypto.randomUUID(), ce_subject: key, ce_partitionkey: key },
    };
  });
}

/** `OrderPlaced` as orders published it for a real order. */
async function realEvent(sample: RunningSample): Promise<{ value: Uint8Array; headers: Record<string, string> }> {
  const [row] = await sample.query('orders', 'SELECT order_id FROM orders LIMIT 1');
  const { SERVICE_TOKEN: token = '' } = sample.program('orders').env;
  const url = `${sample.ordersUrl}/waybill/v1/events/${topic}/${String(row?.['order_id'])}?from=1&to=1`;
  const response = await fetch(url, { headers: { authorization: `Bearer ${token}` } });
  const { events } = (await response.json()) as { events: { value: string; headers: Record<string, string> }[] };
  const event = events.find(({ headers }) => headers['ce_type'] === 'orders.v2.OrderPlaced') ?? never();
  return { value: Buffer.from(event.value, 'base64'), headers: event.headers };
}

function never(): never {
  throw new Error('There is no such record.');
}
