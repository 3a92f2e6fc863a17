import {
  dataSchemaUrn,
  defineContract,
  envelopeToHeaders,
  frame,
  newEventId,
  type AnyContract,
  type Contract,
} from '@waybill/contracts';
import {
  kafkaPublisher,
  kafkaSubscriber,
  kafkaTopicReader,
  createTopics,
  registerContracts,
  schemaRegistry,
} from '@waybill/kafka';
import {
  type ConsumerDefinition,
  createOutbox,
  type EntityKey,
  type FetchedRecord,
  type Logger,
  type OutgoingRecord,
  type ProducerSource,
  type Queryable,
  type Relay,
  type RunningConsumer,
  startConsumer,
  startRelay,
} from '@waybill/messaging';
import { migrate, postgresInbox, postgresOutbox, postgresRelayStore, transaction } from '@waybill/postgres';
import { testEnvironment, uniqueName } from '@waybill/testing';
import pg from 'pg';

export interface DepositV2 extends Deposit {
  readonly currency: string;
}

export interface Deposit {
  readonly account: string;
  readonly amount: number;
}

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };

/** One consumer's world: a topic, a database and a registry of its own, and a producer that remembers what it made. */
export async function consumingHarness() {
  const environment = await testEnvironment();
  const database = await environment.createDatabase('consuming');
  const pool = new pg.Pool({ connectionString: database.url, max: 20, pipeline: true });
  // Sessions that a test kills must not end the test run.
  pool.on('error', () => undefined);
  await migrate(pool, { mode: 'run' });
  await pool.query(
    'CREATE TABLE effect (n bigserial, consumer text, event_id uuid, account text, version int, amount int)',
  );
  await pool.query('CREATE TABLE account (id text PRIMARY KEY, balance int NOT NULL, version int NOT NULL)');

  const context = uniqueName('bank').replaceAll('-', '_');
  const topic = `${context}.account`;
  const deposited = contract<Deposit>(context, 'Deposited', 'event', topic);
  const depositedV2 = contract<DepositV2>(context, 'Deposited', 'event', topic, 2);
  const balance = contract<Deposit>(context, 'Account', 'snapshot', `${topic}.snapshot`);
  const contracts = [deposited, depositedV2, balance];
  const connection = { brokers: environment.kafkaBrokers, clientId: context, log: silent };
  await createTopics({
    ...connection,
    topics: [
      { name: topic, partitions: 3 },
      { name: `${topic}.snapshot`, partitions: 3, config: { 'cleanup.policy': 'compact' } },
    ],
  });
  await registerContracts({ url: environment.registryUrl, contracts, ownsRegistry: false });
  const registry = schemaRegistry({ url: environment.registryUrl });
  const ids = new Map<string, number>();
  for (const each of contracts) ids.set(each.name, await registry.idOf(each));
  const publisher = kafkaPublisher(connection);
  const relays: Relay[] = [];
  const outbox = createOutbox({
    store: postgresOutbox(),
    schemaIds: { idOf: ({ name }) => ids.get(name) ?? 0 },
    source: '/bank',
    wake: () => {
      for (const relay of relays) relay.wake();
    },
  });
  const running: RunningConsumer[] = [];
  const projections = new Map<string, RunningConsumer>();
  const memory = new Map<string, FetchedRecord[]>();
  const snapshots = new Map<string, FetchedRecord>();
  const asked: { kind: 'snapshot' | 'events'; account: string; versions: number }[] = [];

  function record(
    of: AnyContract,
    account: string,
    version: number,
    amount: number,
    time = new Date(),
  ): OutgoingRecord {
    const headers = envelopeToHeaders({
      id: newEventId(),
      type: of.name,
      source: '/bank',
      time,
      dataSchema: dataSchemaUrn(of),
      tenant: '',
      aggregateType: of.aggregateType,
      aggregateId: account,
      aggregateVersion: version,
      correlationId: `correlation-${account}`,
      causationId: undefined,
      trace: {},
    });
    const schemaId = ids.get(of.name) ?? 0;
    const data = of === depositedV2 ? { account, amount, currency: 'EUR' } : { account, amount };
    return { topic: of.topic, key: account, value: frame(schemaId, of.codec.encode(data)), headers };
  }

  let answering: Promise<void> = Promise.resolve();
  let refusals = 0;
  const refuseIfAsked = () => {
    if (refusals === 0) return;
    refusals -= 1;
    throw new Error('the producer is away');
  };

  const producers: ProducerSource = {
    async snapshot(entity: EntityKey) {
      asked.push({ kind: 'snapshot', account: entity.aggregateId, versions: 0 });
      return snapshots.get(entity.aggregateId);
    },
    async events(entity: EntityKey, from: number, to: number) {
      refuseIfAsked();
      asked.push({ kind: 'events', account: entity.aggregateId, versions: to - from + 1 });
      await answering;
      return (memory.get(entity.aggregateId) ?? []).filter(({ headers }) => {
        const version = Number(headers['ce_aggregateversion']);
        return from <= version && version <= to;
      });
    },
  };

  return {
    environment,
    pool,
    topic,
    deposited,
    depositedV2,
    balance,
    outbox,
    producers,
    running,
    asked,
    /** An event that its producer remembers; it is on the topic once it is sent. */
    deposit(account: string, version: number, amount = version): OutgoingRecord {
      const made = record(deposited, account, version, amount);
      memory.set(account, [...(memory.get(account) ?? []), made]);
      return made;
    },
    /** The producer is away for so many questions. */
    refuse(times: number) {
      refusals = times;
    },
    /** The producer takes its time with answers about events, until the function that is answered is called. */
    holdAnswers(): () => void {
      const { promise, resolve } = Promise.withResolvers<void>();
      answering = promise;
      return resolve;
    },
    forget(account: string) {
      memory.delete(account);
    },
    snapshotAt(account: string, version: number, amount: number): OutgoingRecord {
      const made = record(balance, account, version, amount);
      snapshots.set(account, made);
      return made;
    },
    record,
    async send(...records: readonly OutgoingRecord[]) {
      const outcomes = await publisher.send(records);
      const failed = outcomes.find(({ status }) => status !== 'acknowledged');
      if (failed !== undefined) throw new Error(`the broker did not take a record: ${JSON.stringify(failed)}`);
    },
    /** Commits `work` and wakes the relay. */
    async commit<T>(work: (tx: Queryable) => Promise<T>): Promise<T> {
      return transaction(pool, work, { committed: () => outbox.wake() });
    },
    startRelay(name: string): Relay {
      const store = postgresRelayStore({ connectionString: database.url });
      const relay = startRelay({ store, publisher: kafkaPublisher(connection), log: silent, name });
      relays.push(relay);
      return relay;
    },
    start(definition: ConsumerDefinition, options: { readonly hasDependents?: boolean } = {}): RunningConsumer {
      const consumer = startConsumer({
        definition,
        store: postgresInbox(pool),
        subscriber: kafkaSubscriber(connection),
        topics: kafkaTopicReader(connection),
        registry,
        outbox,
        producers,
        log: silent,
        hasDependents: options.hasDependents ?? false,
        wakeDependents: () => {
          for (const each of running) each.wake();
        },
        provide: async (projection, key) => (await projections.get(projection)?.provide(key)) ?? false,
      });
      running.push(consumer);
      projections.set(definition.name, consumer);
      return consumer;
    },
    async rows(sql: string, params: readonly unknown[] = []): Promise<readonly Record<string, unknown>[]> {
      return (await pool.query<Record<string, unknown>>(sql, [...params])).rows;
    },
    /** `account:version` of each effect, in the order in which they were committed. */
    async effects(consumer: string): Promise<readonly string[]> {
      const { rows } = await pool.query('SELECT account, version FROM effect WHERE consumer = $1 ORDER BY n', [
        consumer,
      ]);
      return rows.map((row: { account: string; version: number }) => `${row.account}:${row.version}`);
    },
    async close() {
      await Promise.all([
        ...running.map(async (consumer) => consumer.stop(2_000)),
        ...relays.map(async (relay) => relay.stop(2_000)),
      ]);
      await publisher.close();
      await pool.end();
      await database.drop();
    },
  };
}

export type Harness = Awaited<ReturnType<typeof consumingHarness>>;

function contract<TData>(
  context: string,
  name: string,
  kind: 'event' | 'snapshot',
  topic: string,
  major: 1 | 2 = 1,
): Contract<TData> {
  return defineContract<TData, string>({
    name: `${context}.v${major}.${name}`,
    kind,
    aggregateType: `${context}.account`,
    topic,
    schema: JSON.stringify({
      type: 'record',
      name,
      namespace: `${context}.v${major}`,
      fields: [
        { name: 'account', type: 'string' },
        { name: 'amount', type: 'int' },
        ...(major === 2 ? [{ name: 'currency', type: 'string' }] : []),
      ],
    }),
    personal: [],
  });
}
