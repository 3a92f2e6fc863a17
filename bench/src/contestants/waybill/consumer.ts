import { kafkaSubscriber, kafkaTopicReader, schemaRegistry } from '@waybill/kafka';
import {
  consumer,
  type ConsumerKind,
  createOutbox,
  type HandlerEntry,
  on,
  onBatch,
  type ProducerSource,
  type RunningConsumer,
  startConsumer,
} from '@waybill/messaging';
import { postgresInbox, postgresOutbox } from '@waybill/postgres';
import pg from 'pg';
import { errorLogger, silentAboutWarnings } from '../../process/error-logger.ts';
import type { Program } from '../../process/program.ts';
import { onDatabase } from '../../world/database.ts';
import { type MeasuredContract, measuredContract, SOURCE } from '../../world/event.ts';
import type { Place } from '../../world/place.ts';
import { APPLY, APPLY_SET, PROJECTION } from '../../world/projection.ts';
import type { ConsumeContestant } from '../contestant.ts';
import { effectWatch } from '../effect-watch.ts';
import { prepareWaybill } from './backlog.ts';

/** A handler that is called for each event, all settings at their defaults. */
export const waybillConsumer = projection(
  'waybill',
  'a projection with a handler called per event, which does one UPSERT; Avro decoded, deduplicated, ordered by version; all settings at their defaults',
  perEvent,
);

/** A handler that takes all events of a transaction at once. */
export const waybillBatchConsumer = projection(
  'waybill-batch',
  'the same with a handler that takes the batch, and does one UPSERT over sets',
  (contract) =>
    onBatch(contract, async (events, { tx }) => {
      await tx.query(APPLY_SET, [
        events.map(({ data }) => data.entity),
        events.map(({ aggregateVersion }) => aggregateVersion),
        events.map(({ data }) => data.amount),
      ]);
    }),
);

/** The consumer with a handler per event, which tells at its end when each effect became visible. */
export function watchedConsumer(place: Place, events: number): Program {
  const pool = consumerPool(place);
  const watch = effectWatch(pool, events);
  const program = consuming(place, pool, perEvent(measuredContract(place.topic)));
  return {
    go: (task) => program.go(task),
    async stop() {
      await program.stop();
      return watch.received();
    },
  };
}

function perEvent(contract: MeasuredContract): HandlerEntry {
  return on(contract, async ({ data, aggregateVersion }, { tx }) => {
    await tx.query(APPLY, [data.entity, aggregateVersion, data.amount]);
  });
}

/** As `startService` makes it. */
export function consumerPool(place: Place): pg.Pool {
  return new pg.Pool({ connectionString: place.databaseUrl, max: 10, pipeline: true });
}

function projection(
  name: string,
  what: string,
  handler: (contract: MeasuredContract) => HandlerEntry,
): ConsumeContestant {
  return {
    name,
    role: 'ours',
    what,
    effects: 'projection',
    async prepare(place) {
      await prepareWaybill(place);
      await onDatabase(place.databaseUrl, (client) => client.query(PROJECTION));
    },
    consumer: (place) => {
      const pool = consumerPool(place);
      return Promise.resolve(consuming(place, pool, handler(measuredContract(place.topic))));
    },
  };
}

/** The consumer's identity in the place's database. */
export function consumerName({ run }: Place): string {
  return `bench.${run.replaceAll('_', '-')}`;
}

/** Nothing is missing in the topic, so nobody is asked for it. */
const noProducers: ProducerSource = {
  snapshot: () => Promise.resolve(undefined),
  events: () => Promise.resolve([]),
};

/** What a consumer that is measured is, beside its handler. */
interface Consuming {
  readonly kind?: ConsumerKind;
  /** `expected` where failures are what is measured, and not worth a line each. */
  readonly failures?: 'expected';
}

/** Wired as `startService` wires a consumer; a projection when nothing else is said. */
export function consuming(
  place: Place,
  pool: pg.Pool,
  handler: HandlerEntry,
  { kind = 'projection', failures }: Consuming = {},
): Program {
  const log = failures === 'expected' ? silentAboutWarnings(errorLogger()) : errorLogger();
  const connection = { brokers: place.brokers, clientId: place.run, log };
  const subscriber = kafkaSubscriber(connection);
  let running: RunningConsumer | undefined;
  return {
    go() {
      running = startConsumer({
        definition: consumer({
          name: consumerName(place),
          ...(kind === 'reaction' ? { kind, from: 'beginning' as const } : { kind }),
          handlers: [handler],
        }),
        store: postgresInbox(pool),
        subscriber,
        topics: kafkaTopicReader(connection),
        registry: schemaRegistry({ url: place.registryUrl }),
        outbox: createOutbox({
          store: postgresOutbox(),
          schemaIds: { idOf: () => place.schemaId },
          source: SOURCE,
          wake: () => undefined,
        }),
        producers: noProducers,
        log,
        hasDependents: false,
        wakeDependents: () => undefined,
        provide: () => Promise.resolve(false),
      });
      return Promise.resolve();
    },
    async stop() {
      await running?.stop();
      await subscriber.close();
      await pool.end();
      return running?.status();
    },
  };
}
