import { kafkaSubscriber, kafkaTopicReader, schemaRegistry } from '@waybill/kafka';
import {
  consumer,
  createOutbox,
  on,
  type ProducerSource,
  type RunningConsumer,
  startConsumer,
} from '@waybill/messaging';
import { postgresInbox, postgresOutbox } from '@waybill/postgres';
import pg from 'pg';
import { errorLogger } from '../../process/error-logger.ts';
import { measuredContract, SOURCE } from '../../world/event.ts';
import { APPLY, PROJECTION } from '../../world/projection.ts';
import type { ConsumeContestant } from '../contestant.ts';
import { onDatabase } from '../../world/database.ts';
import { prepareWaybill } from './backlog.ts';

/** Nothing is missing in the topic, so nobody is asked for it. */
const noProducers: ProducerSource = {
  snapshot: () => Promise.resolve(undefined),
  events: () => Promise.resolve([]),
};

/** Waybill's consumer with a handler that is called for each event, all settings at their defaults. */
export const waybillConsumer: ConsumeContestant = {
  name: 'waybill',
  role: 'ours',
  what: 'a projection with a handler called per event, which does one UPSERT; Avro decoded, deduplicated, ordered by version; all settings at their defaults',
  effects: 'projection',
  async prepare(place) {
    await prepareWaybill(place);
    await onDatabase(place.databaseUrl, (client) => client.query(PROJECTION));
  },
  consumer(place) {
    const log = errorLogger();
    const pool = new pg.Pool({ connectionString: place.databaseUrl, max: 10 });
    const connection = { brokers: place.brokers, clientId: place.run, log };
    const subscriber = kafkaSubscriber(connection);
    const contract = measuredContract(place.topic);
    let running: RunningConsumer | undefined;
    return Promise.resolve({
      go() {
        running = startConsumer({
          definition: consumer({
            name: `bench.${place.run.replaceAll('_', '-')}`,
            kind: 'projection',
            handlers: [
              on(contract, async ({ data, aggregateVersion }, { tx }) => {
                await tx.query(APPLY, [data.entity, aggregateVersion, data.amount]);
              }),
            ],
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
    });
  },
};
