import { type AnyContract, unframe } from '@waybill/contracts';
import { createTopics, kafkaPublisher, kafkaTopicReader, registerContracts } from '@waybill/kafka';
import { verifyAgainstPublished } from '@waybill/messaging';
import { auditEntries } from '@waybill/postgres';
import { operationalFacts, topics } from '@waybill/schemas';
import { eventually, testEnvironment } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { silent } from '../fixtures/app.ts';
import { type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const contracts: readonly AnyContract[] = Object.values<AnyContract>({ ...operationalFacts });
let kitchen: KitchenWorld;
beforeAll(async () => {
  const { kafkaBrokers, registryUrl } = await testEnvironment();
  const ours = topics.filter(({ name }) => name.startsWith('operations.'));
  await createTopics({ brokers: kafkaBrokers, clientId: 'facts', log: silent, topics: ours });
  await registerContracts({ url: registryUrl, ownsRegistry: false, contracts });
  kitchen = await kitchenWorld({ FACTS: 'published' });
  await kitchen.start();
});
afterAll(async () => kitchen.close());

interface Told {
  readonly fact: string;
  readonly aggregateId: string;
  readonly data: Record<string, unknown>;
}

/** All facts in the outbox, as they were committed. */
async function allTold(): Promise<readonly Told[]> {
  const { rows } = await kitchen.db.query<{ type: string; aggregateid: string; payload: Uint8Array }>(
    `SELECT type, aggregateid, payload FROM waybill.outbox WHERE aggregatetype LIKE 'operations.%' ORDER BY position`,
  );
  return rows.map(({ type, aggregateid, payload }) => ({
    fact: type.replace('operations.v1.', ''),
    aggregateId: aggregateid,
    data: dataOf(type, payload),
  }));
}

function dataOf(type: string, payload: Uint8Array): Record<string, unknown> {
  const contract = contracts.find(({ name }) => name === type);
  if (contract === undefined) throw new Error(`${type} is no fact`);
  return contract.codec.decode(unframe(payload).body) as Record<string, unknown>;
}

/** What was told of one table's events with one consumer. */
async function toldOf(table: string, what: 'serve' | 'bill' = 'serve'): Promise<readonly Told[]> {
  const isOf = ({ data }: Told) =>
    (data['entry'] as Record<string, unknown> | undefined)?.['aggregateId'] === table &&
    (data['entry'] as Record<string, unknown>)['consumer'] === `${kitchen.name}.${what}`;
  return (await allTold()).filter(isOf);
}

async function seesFacts(table: string, expected: readonly object[]): Promise<void> {
  await eventually(async () => (await toldOf(table)).length >= expected.length, {
    what: `${expected.length} facts of ${table}`,
    deadlineMs: 30_000,
  });
  expect(await toldOf(table)).toMatchObject(expected);
}

async function entryOf(table: string): Promise<string> {
  return eventually(
    async () => {
      const { body } = await kitchen.get(oskar, `/parked?state=dead&aggregateId=${table}`);
      return (body['entries'] as readonly { readonly id: string }[])[0]?.id;
    },
    { what: `a dead entry of ${table}`, deadlineMs: 20_000 },
  );
}

async function sees(table: string, versions: readonly number[]): Promise<void> {
  await eventually(async () => (await kitchen.effects('serve', table)).length === versions.length, {
    what: `effects of ${table}`,
    deadlineMs: 30_000,
  });
}

test('an event that fails for good is told of once, with what it was and why; what waits behind it is not', async () => {
  await kitchen.takeOff('serve soup');
  await kitchen.order('t1', { name: 'soup', guest: 'Anselm' }, { name: 'bread', guest: 'Anselm' });
  await seesFacts('t1', [
    {
      fact: 'EventFailed',
      aggregateId: expect.stringContaining(`${kitchen.name}:${kitchen.name}.serve:`) as string,
      data: {
        entry: {
          ...{ service: kitchen.name, eventType: 'kitchen.v1.DishOrdered', tenant: '', aggregateType: 'kitchen.table' },
          ...{ aggregateVersion: 1n, correlationId: expect.any(String) as string },
        },
        ...{ state: 'DEAD', errorCode: 'kitchen.no-serve', errorType: 'TerminalError', attempts: 1, holdsEntity: true },
        ...{ message: '•••• cannot have "soup"', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/) as string },
        // By which it is found: in the queue, and in the log.
        ...{
          parkedId: await entryOf('t1'),
          partition: expect.any(Number) as number,
          offset: expect.any(BigInt) as bigint,
        },
        ...{ topic: expect.any(String) as string, occurredAt: expect.any(Date) as Date },
      },
    },
  ]);
});

test('a redrive is told with who and why, and its success as a recovery', async () => {
  await kitchen.putBack('serve soup');
  await kitchen.send(oskar, `/parked/${await entryOf('t1')}/redrive`, { reason: 'soup is back' });
  await sees('t1', [1, 2]);
  await seesFacts('t1', [
    { fact: 'EventFailed' },
    {
      fact: 'EventRedriven',
      data: { how: 'AS_IT_WAS', actor: 'oskar', approvedBy: null, reason: 'soup is back', job: null },
    },
    { fact: 'EventRecovered', data: { how: 'HANDLED', attempts: 1 } },
  ]);
  const [first, ...others] = await toldOf('t1');
  for (const { aggregateId } of others) expect(aggregateId).toBe(first?.aggregateId);
});

test('a storm of retries makes one fact, and its end another', async () => {
  await kitchen.takeOff('serve slow stew');
  await kitchen.order('t2', { name: 'slow stew', guest: 'Berta' });
  const attempts = async () => {
    const { rows } = await kitchen.db.query(`SELECT attempts FROM waybill.parked WHERE aggregate_id = 't2'`);
    return Number(rows[0]?.attempts) >= 4;
  };
  await eventually(attempts, { what: 'four attempts', deadlineMs: 30_000 });
  await seesFacts('t2', [{ fact: 'EventFailed', data: { state: 'RETRYING', attempts: 1 } }]);
  await kitchen.putBack('serve slow stew');
  await sees('t2', [1]);
  await seesFacts('t2', [{ fact: 'EventFailed' }, { fact: 'EventRecovered', data: { how: 'HANDLED' } }]);
  expect(Number((await toldOf('t2'))[1]?.data['attempts'])).toBeGreaterThan(4);
});

test('skipping is told with its reason', async () => {
  await kitchen.takeOff('serve soup');
  await kitchen.order('t3', { name: 'soup', guest: 'Cyrill' });
  await kitchen.send(oskar, `/parked/${await entryOf('t3')}/skip`, { reason: 'the guest has left' });
  await seesFacts('t3', [
    { fact: 'EventFailed' },
    { fact: 'EventSkipped', data: { actor: 'oskar', reason: 'the guest has left' } },
  ]);
});

test('a job tells what it redrove, with its id', async () => {
  for (const table of ['t4', 't5']) await kitchen.order(table, { name: 'soup', guest: 'Dora' });
  await entryOf('t4');
  await entryOf('t5');
  await kitchen.putBack('serve soup');
  const selection = { consumer: `${kitchen.name}.serve` };
  const { body } = await kitchen.send(oskar, '/jobs', { kind: 'redrive', selection, pace: {}, reason: 'soup is back' });
  for (const table of ['t4', 't5']) {
    await seesFacts(table, [
      { fact: 'EventFailed' },
      { fact: 'EventRedriven', data: { actor: 'oskar', reason: 'soup is back', job: body['job'] } },
      { fact: 'EventRecovered' },
    ]);
  }
});

test('what cannot be read is told of by its place in the log', async () => {
  const { kafkaBrokers } = await testEnvironment();
  const publisher = kafkaPublisher({ brokers: kafkaBrokers, clientId: 'facts', log: silent });
  await publisher.send([{ topic: kitchen.topic, key: 'x', value: Buffer.from([7]), headers: {} }]);
  await publisher.close();
  const unread = async () =>
    (await allTold()).find(
      ({ data }) => (data['entry'] as Record<string, unknown> | undefined)?.['eventType'] === null,
    );
  const { fact, data } = await eventually(unread, { what: 'a fact of what cannot be read', deadlineMs: 30_000 });
  expect(fact).toBe('EventFailed');
  expect(data).toMatchObject({
    state: 'DEAD',
    entry: { aggregateId: null, aggregateVersion: null },
    holdsEntity: false,
  });
  expect((data['entry'] as Record<string, unknown>)['eventId']).toMatch(new RegExp(`^${kitchen.topic}/[01]/\\d+$`));
});

test('a consumer that waits for what is down is told of when it pauses, and when it goes on', async () => {
  await kitchen.takeOff('serve imported wine');
  await kitchen.order('t6', { name: 'imported wine', guest: 'Emil' });
  const pauses = async () =>
    (await allTold()).filter(({ aggregateId }) => aggregateId === `${kitchen.name}:${kitchen.name}.serve`);
  await eventually(async () => (await pauses()).length > 0, { what: 'a pause', deadlineMs: 20_000 });
  await seesFacts('t6', [{ fact: 'EventFailed', data: { state: 'RETRYING', attempts: 0 } }]);
  await kitchen.putBack('serve imported wine');
  await sees('t6', [1]);
  await seesFacts('t6', [{ fact: 'EventFailed' }, { fact: 'EventRecovered' }]);
  await eventually(async () => (await pauses()).at(-1)?.fact === 'ConsumerResumed', {
    what: 'its end',
    deadlineMs: 20_000,
  });
  const because = { cause: 'DEPENDENCY', dependency: 'customs', actor: null };
  expect(await pauses()).toMatchObject([
    { fact: 'ConsumerPaused', data: { ...because, until: null } },
    { fact: 'ConsumerResumed', data: because },
  ]);
});

test('a pause by a person is told with its reason and its end', async () => {
  const pause = { scope: 'consumer', name: `${kitchen.name}.bill`, reason: 'the till is counted', minutes: 5 };
  await kitchen.send(oskar, '/pauses', pause);
  const { body } = await kitchen.get(oskar, '/pauses');
  const [begun] = body['pauses'] as readonly { readonly id: string }[];
  await kitchen.send(oskar, `/pauses/${begun?.id}/resume`, { reason: 'counted' });
  const told = (await allTold()).filter(({ aggregateId }) => aggregateId === `${kitchen.name}:${kitchen.name}.bill`);
  const by = { cause: 'PERSON', actor: 'oskar', dependency: null };
  expect(told).toMatchObject([
    { fact: 'ConsumerPaused', data: { ...by, reason: 'the till is counted', until: expect.any(Date) as Date } },
    { fact: 'ConsumerResumed', data: { ...by, reason: 'counted' } },
  ]);
});

test('facts reach their topics, nobody’s name is in them, and they are no part of the journeys they tell of', async () => {
  const told = await allTold();
  const spoken = JSON.stringify(told, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  for (const guest of ['Anselm', 'Berta', 'Cyrill', 'Dora', 'Emil']) expect(spoken).not.toContain(guest);
  const { kafkaBrokers } = await testEnvironment();
  const log = kafkaTopicReader({ brokers: kafkaBrokers, clientId: 'facts', log: silent });
  const arrived = async () => {
    let count = 0;
    for await (const { headers } of log.readToEnd('operations.entry'))
      if (headers['ce_source'] === `/waybill/${kitchen.name}`) count += 1;
    return count === told.filter(({ data }) => 'entry' in data).length;
  };
  await eventually(arrived, { what: 'all facts in their topic', deadlineMs: 30_000, everyMs: 500 });
  const { rows } = await kitchen.db.query(
    `SELECT 1 FROM waybill.outbox f JOIN waybill.outbox e ON e.correlationid = f.correlationid
      WHERE f.aggregatetype LIKE 'operations.%' AND e.aggregatetype = 'kitchen.table'`,
  );
  expect(rows).toEqual([]);
});

test('where the audit trail ends is told, so that cutting its end shows', async () => {
  kitchen.kill();
  await kitchen.start();
  const heads = async () =>
    (await allTold())
      .filter(({ fact }) => fact === 'AuditTrailExtended')
      .map(({ data }) => ({ seq: Number(data['seq']), hash: String(data['hash']) }));
  const entries = [];
  for await (const entry of auditEntries(kitchen.db)) entries.push(entry);
  await eventually(async () => (await heads()).at(-1)?.seq === entries.length, { what: 'a head', deadlineMs: 30_000 });
  expect(verifyAgainstPublished(entries, await heads())).toBeUndefined();
  expect(verifyAgainstPublished(entries.slice(0, -1), await heads())).toMatchObject({ seq: entries.length });
});
