import { kafkaLogEnds, kafkaPublisher, kafkaTopicRanges, schemaRegistry } from '@waybill/kafka';
import type { AnyContract } from '@waybill/contracts';
import { type ConsumerDefinition, createOutbox, type Logger, startRelay } from '@waybill/messaging';
import {
  migrate,
  postgresInbox,
  postgresNotifier,
  postgresOutbox,
  postgresRelayStore,
  publishingPool,
  transaction,
} from '@waybill/postgres';
import { createLogger, startTelemetry, telemetryStarted } from '@waybill/telemetry';
import { startTask, type RunningTask } from './background-task.ts';
import { flowPruningTask, flowSamplingTask } from './flows/flow-sampler.ts';
import { Flows } from './flows/flows.ts';
import { observeFlows } from './flows/observed-flows.ts';
import { RelayPace, relayPaceTask } from './flows/relay-pace.ts';
import { createApp } from './http/app.ts';
import type { HealthPart } from './http/health.ts';
import { healthRoutes } from './http/health.ts';
import { createMetrics } from './http/metrics.ts';
import { listen } from './http/server.ts';
import { startConsumers, type RunningConsumers } from './lifecycle/consumers.ts';
import { brokerAnswers, databaseAnswers, waitFor } from './lifecycle/dependencies.ts';
import { LoadShedding } from './lifecycle/load-shedding.ts';
import { observeConsumers, observeRelay } from './lifecycle/observed.ts';
import { consumerPart, databasePart, relayPart } from './lifecycle/parts.ts';
import { PausableRelay } from './lifecycle/pausable-relay.ts';
import { Pauses, pausesTask } from './lifecycle/pauses.ts';
import { createPool } from './lifecycle/pool.ts';
import { rebuildsOf } from './lifecycle/rebuilds.ts';
import { lookedUpSchemaIds } from './lifecycle/schema-ids.ts';
import { stopInOrder, type StopOutcome, type StopStep } from './lifecycle/shutdown.ts';
import { untilReady } from './lifecycle/until-ready.ts';
import { serviceMigrations } from './migrations.ts';
import type { Desk } from './operations/desk.ts';
import { EventBodies } from './operations/event-body.ts';
import { type RunningJobs, startJobs } from './operations/job-runner.ts';
import { auditHeadTask } from './operations/facts-audit.ts';
import { contractsOfFacts, ServiceFacts } from './operations/facts.ts';
import { generationsTask } from './operations/rebuild-upkeep.ts';
import { operationsRoutes } from './operations/routes.ts';
import { httpProducerSource } from './producers/http-producer-source.ts';
import { producerRoutes } from './producers/producer-routes.ts';
import { type RunningSnapshots, snapshotsOf } from './lifecycle/snapshots.ts';
import type { ServiceConfig } from './config.ts';
import type { ServiceDefinition, ServiceRuntime } from './service-definition.ts';
import { upkeepTasks } from './lifecycle/upkeep.ts';

/** A service that is up. */
export interface RunningService {
  /** `http://127.0.0.1:4001`. */
  readonly url: string;
  readonly log: Logger;
  /** Drains and stops everything, within `deadlineMs` (15,000 when left out); says what was left. */
  stop(deadlineMs?: number): Promise<StopOutcome>;
}

/** The share of the deadline that requests, consumers and relay may take each, so that all of them get a turn. */
const partShare = 0.3;

/**
 * Starts a service: its port at once, with probes that say what it waits for; then, when its database, broker and
 * registry answer and its contracts are registered, the relay, the snapshots, the consumers and the tasks.
 * @throws {DependencyMissingError} when one of them does not answer in time.
 * @throws {ContractNotRegisteredError} when a contract that it publishes is not registered.
 */
export async function startService<TConfig extends ServiceConfig>(
  definition: ServiceDefinition<TConfig>,
  stopping = new AbortController(),
): Promise<RunningService> {
  const { config, name } = definition;
  const log = createLogger({ service: name, level: config.LOG_LEVEL });
  if (!telemetryStarted()) {
    startTelemetry({ serviceName: name, otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
    log.warn({}, 'started without --import @waybill/telemetry/register: HTTP and SQL make no spans');
  }
  const pool = createPool({ connectionString: config.DATABASE_URL, name, log });
  // Apart from the pool that requests use, so that neither can starve the other.
  const consumerPool = createPool({
    connectionString: config.DATABASE_URL,
    name: `${name} consumers`,
    log,
    statements: 'pipelined',
  });
  // A rebuild takes none of theirs: live events go first.
  const rebuildPool = createPool({
    connectionString: config.DATABASE_URL,
    name: `${name} rebuilds`,
    log,
    max: 4,
    statements: 'pipelined',
  });
  const registry = schemaRegistry({ url: config.SCHEMA_REGISTRY_URL });
  const schemaIds = lookedUpSchemaIds(registry);
  let jobs: RunningJobs | undefined;
  let consumers: RunningConsumers | undefined;
  let snapshots: RunningSnapshots | undefined;
  const tasks: RunningTask[] = [];
  const notifier = postgresNotifier(pool);
  const wake = () => {
    relay.running?.wake();
    // What was written may be in the shards of another process's relay.
    notifier.wake();
  };
  const store = postgresOutbox();
  const outbox = createOutbox({ store, schemaIds, source: `/waybill/${name}`, wake });
  const factContracts = config.OPS_SECRET === undefined ? undefined : definition.facts;
  const facts = factContracts === undefined ? undefined : new ServiceFacts(name, outbox, factContracts);
  const businessPool = config.DATABASE_PREPARE === 'none' ? pool : publishingPool(pool);
  const connection = { brokers: config.KAFKA_BROKERS, clientId: name, log };
  const topics = kafkaTopicRanges(connection);
  const runtime: ServiceRuntime = {
    pool,
    log,
    publish: outbox.publish,
    publishAll: outbox.publishAll,
    transaction: (fn) => transaction(businessPool, fn, { committed: wake }),
    wake,
    ...{ topics, registry },
  };
  const publisher = kafkaPublisher(connection);
  const relay = new PausableRelay(() =>
    startRelay({ store: postgresRelayStore({ connectionString: config.DATABASE_URL }), publisher, log }),
  );
  const pauses = new Pauses(pool);
  const definitions = definition.consumers?.(runtime) ?? [];
  const inbox = postgresInbox(consumerPool, { prepare: config.DATABASE_PREPARE });
  const sources = definition.snapshots?.(runtime) ?? [];
  const producers = snapshotsOf({ pool, store, sources, schemaIds, source: `/waybill/${name}`, log, wake });
  const metrics = createMetrics(name);
  observeRelay(metrics, () => relay.running?.status());
  observeConsumers(metrics, () => consumers?.all ?? [], inbox);
  const flows = new Flows(pool, definitions);
  observeFlows(metrics, flows);
  const relayPace = new RelayPace();
  const logEnds = kafkaLogEnds(connection);

  const gate = untilReady();
  const parts = (): readonly HealthPart[] => [
    gate.part,
    databasePart(pool),
    ...(relay.running === undefined ? [] : [relayPart(relay.running)]),
    ...(definition.consumersMayLack === 'broker' ? [] : (consumers?.all.map(consumerPart) ?? [])),
  ];
  const wakeConsumers = () => {
    for (const consumer of consumers?.all ?? []) consumer.wake();
  };
  const replays = { log: topics, registry };
  const desk: Desk = {
    ...{ service: name, db: pool, definitions, transaction: runtime.transaction, wake: wakeConsumers },
    ...{ facts, replays, flows, relayPace },
    bodies: new EventBodies(registry, () => contractsOf(definitions)),
    running: () => consumers?.all ?? [],
    relay: () => relay.running?.status(),
    enqueue: async (tx, job) => jobs?.enqueue(tx, job),
  };
  const app = createApp({
    log,
    metrics,
    health: healthRoutes(parts, metrics),
    gate: gate.middleware,
    internal: [
      producerRoutes(producers.records, config.SERVICE_TOKEN),
      ...(config.OPS_SECRET === undefined ? [] : [operationsRoutes(desk, config.OPS_SECRET)]),
    ],
    routes: definition.routes?.(runtime),
    openapi: definition.openapi,
  });
  const server = await listen(app, config.HTTP_HOST, config.HTTP_PORT);
  log.info({ url: server.url }, 'listening');

  const steps = (deadlineMs: number): readonly StopStep[] => [
    { name: 'requests', withinMs: deadlineMs * partShare, stop: () => server.drain() },
    { name: 'tasks', stop: async () => void (await Promise.all(tasks.map((task) => task.stop()))) },
    { name: 'jobs', stop: async () => jobs?.stop() },
    { name: 'snapshots', stop: async () => snapshots?.stop() },
    { name: 'consumers', withinMs: deadlineMs * partShare, stop: async () => consumers?.stop(deadlineMs * partShare) },
    { name: 'relay', withinMs: deadlineMs * partShare, stop: () => relay.stop(deadlineMs * partShare) },
    { name: 'broker', stop: async () => void (await Promise.all([publisher.close(), logEnds.close()])) },
    {
      name: 'database',
      stop: async () => void (await Promise.all([pool.end(), consumerPool.end(), rebuildPool.end()])),
    },
  ];
  const stop = async (deadlineMs = 15_000): Promise<StopOutcome> => {
    gate.close('is stopping');
    stopping.abort(new Error('the service is stopping'));
    const outcome = await stopInOrder(steps(deadlineMs), deadlineMs, log);
    server.cut();
    return outcome;
  };

  try {
    const waiting = { log, signal: stopping.signal };
    await waitFor('the database', () => databaseAnswers(pool), waiting);
    await migrate(pool, { mode: config.MIGRATE });
    await migrate(pool, { namespace: 'service', migrations: serviceMigrations, mode: config.MIGRATE });
    await migrate(pool, { namespace: name, migrations: definition.migrations, mode: config.MIGRATE });
    const mustConsume = definitions.length > 0 && definition.consumersMayLack !== 'broker';
    const usesBroker = definition.publishes.length > 0 || mustConsume || config.RELAY === 'on';
    if (usesBroker) await waitFor('the broker', () => brokerAnswers(config.KAFKA_BROKERS), waiting);
    await schemaIds.lookUp([...definition.publishes, ...contractsOfFacts(factContracts)], waiting);
    stopping.signal.throwIfAborted();

    await pauses.look();
    if (config.RELAY === 'on') await relay.follow(pauses.relayState);
    snapshots = producers.start(config.SNAPSHOT_INTERVAL_MS);
    const producersOfOthers = httpProducerSource({ urls: config.PRODUCER_URLS, token: config.SERVICE_TOKEN });
    consumers = startConsumers({
      definitions,
      connection,
      heldBy: (one) => pauses.heldBy(one),
      store: inbox,
      registry,
      outbox,
      producers: producersOfOthers,
      log,
      facts,
    });
    if (facts !== undefined) tasks.push(startTask(auditHeadTask(facts, runtime.transaction), log));
    const following = pausesTask(pauses, {
      ...{ definitions, consumers: () => consumers?.all ?? [], relay: config.RELAY === 'on' ? relay : undefined },
      shedding: new LoadShedding([pool, consumerPool], definitions),
      flows: async () => flows.now(),
    });
    if (config.OPS_SECRET !== undefined && definitions.length > 0) {
      jobs = await startJobs({
        ...{ pool, log, facts, definitions, source: replays },
        ...{ transaction: runtime.transaction, wake: wakeConsumers },
        rebuilds: rebuildsOf({
          ...{ pool, rebuildPool, prepare: config.DATABASE_PREPARE, connection, replays, definitions, facts, log },
          ...{ producers: producersOfOthers, running: () => consumers?.all ?? [], transaction: runtime.transaction },
          ...{ version: config.SERVICE_VERSION, followPauses: async () => following.run(stopping.signal) },
        }),
      });
      tasks.push(startTask({ name: 'jobs', intervalMs: 5_000, run: async () => jobs?.rescue() }, log));
      tasks.push(startTask(generationsTask(pool, runtime.transaction), log));
    }
    const sampling =
      definitions.length === 0
        ? []
        : [flowSamplingTask({ pool, definitions, ends: logEnds, log }), flowPruningTask(pool)];
    for (const task of [
      following,
      ...sampling,
      relayPaceTask(relayPace, () => relay.running?.status()),
      ...upkeepTasks(pool),
      ...(definition.tasks?.(runtime) ?? []),
    ]) {
      tasks.push(startTask(task, log));
    }
    gate.open();
    log.info({ url: server.url, consumers: consumers.all.length, relay: config.RELAY }, 'started');
    return { url: server.url, log, stop };
  } catch (error) {
    await stop(5_000);
    throw error;
  }
}

function contractsOf(definitions: readonly ConsumerDefinition[]): readonly AnyContract[] {
  return definitions.flatMap(({ handlers, snapshots }) => [...handlers, ...snapshots].map(({ contract }) => contract));
}
