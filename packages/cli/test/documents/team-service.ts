import { createTopics, kafkaPublisher, registerContracts } from '@waybill/kafka';
import type { AnyContract } from '@waybill/contracts';
import type { ConsumerDefinition, FetchedRecord, Logger } from '@waybill/messaging';
import { topics } from '@waybill/schemas';
import { type Migration, readConfig, serviceConfig, type ServiceRuntime, startService } from '@waybill/service';
import { testEnvironment } from '@waybill/testing';
import pg from 'pg';

const token = 'a-token-of-sixteen-or-more';
const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const ending: (() => Promise<unknown>)[] = [];

/** What a producer hands out: records, their values in base64. */
interface Handed {
  readonly events: readonly (Pick<FetchedRecord, 'topic' | 'headers'> & { readonly value: string })[];
}

/** A service with a database of its own, as a team has it. */
export interface TeamService {
  readonly url: string;
  readonly runtime: ServiceRuntime;
  /** Its database. */
  readonly pool: pg.Pool;
}

/** Makes the topics of contracts, and registers them. */
export async function prepareContracts(contracts: readonly AnyContract[]): Promise<void> {
  const { kafkaBrokers, registryUrl } = await testEnvironment();
  const named = new Set(contracts.map(({ topic }) => topic));
  await createTopics({
    brokers: kafkaBrokers,
    clientId: 'documents',
    log: silent,
    topics: topics.filter(({ name }) => named.has(name)).map(({ name, partitions }) => ({ name, partitions })),
  });
  await registerContracts({ url: registryUrl, contracts, ownsRegistry: false });
}

export async function startTeamService(options: {
  readonly name: string;
  /** Its tables. */
  readonly tables: string;
  readonly publishes?: readonly AnyContract[];
  readonly consumers?: readonly ConsumerDefinition[];
  readonly variables?: Readonly<Record<string, string>>;
}): Promise<TeamService> {
  const environment = await testEnvironment();
  const database = await environment.createDatabase(options.name);
  const migrations: readonly Migration[] = [{ version: 1, name: 'tables', sql: options.tables }];
  let runtime: ServiceRuntime | undefined;
  const service = await startService({
    name: options.name,
    migrations,
    publishes: options.publishes ?? [],
    config: readConfig(serviceConfig, {
      DATABASE_URL: database.url,
      KAFKA_BROKERS: environment.kafkaBrokers.join(','),
      SCHEMA_REGISTRY_URL: environment.registryUrl,
      HTTP_PORT: '0',
      SERVICE_TOKEN: token,
      LOG_LEVEL: 'silent',
      ...options.variables,
    }),
    consumers(given) {
      runtime = given;
      return options.consumers ?? [];
    },
  });
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  ending.push(async () => {
    await service.stop();
    await pool.end();
    await database.drop();
  });
  if (runtime === undefined) throw new Error('the service was not given its runtime');
  return { url: service.url, runtime, pool };
}

/** Ends all that was started, with its databases. */
export async function endTeamServices(): Promise<void> {
  await Promise.all(ending.splice(0).map((end) => end()));
}

/** Puts an event of an aggregate on its topic once more, as its producer hands it out. */
export async function deliverAgain(producerUrl: string, aggregateId: string, version: number): Promise<void> {
  const answer = await fetch(
    `${producerUrl}/waybill/v1/events/orders.order/${aggregateId}?from=${version}&to=${version}`,
    { headers: { authorization: `Bearer ${token}` } },
  );
  const { events } = (await answer.json()) as Handed;
  const { kafkaBrokers } = await testEnvironment();
  const publisher = kafkaPublisher({ brokers: kafkaBrokers, clientId: 'documents', log: silent });
  const outcomes = await publisher.send(
    events.map(({ topic, headers, value }) => ({
      topic,
      key: aggregateId,
      headers,
      value: Buffer.from(value, 'base64'),
    })),
  );
  await publisher.close();
  const refused = outcomes.find(({ status }) => status !== 'acknowledged');
  if (refused !== undefined || outcomes.length === 0) throw new Error('the event was not delivered');
}
