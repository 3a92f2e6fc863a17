import avsc from 'avsc';
import { Kafka, type KafkaMessage, logLevel } from 'kafkajs';
import { Client } from 'pg';
import type { Program } from '../../process/program.ts';
import { onDatabase } from '../../world/database.ts';
import { type MeasuredData, measuredContract } from '../../world/event.ts';
import type { Place } from '../../world/place.ts';
import { PROJECTION } from '../../world/projection.ts';
import type { ConsumeContestant } from '../contestant.ts';

/** A message as a consumer by hand takes it apart. */
export interface Decoded {
  readonly id: string;
  readonly version: number;
  readonly data: MeasuredData;
}

interface ByHand {
  readonly name: string;
  readonly what: string;
  readonly inTransaction: number;
  readonly apply: (client: Client, events: readonly Decoded[]) => Promise<void>;
}

/** As many partitions at a time as Waybill's subscriber takes. */
const CONCURRENCY = 4;
const FRAME_BYTES = 5;

/** A consumer as teams write one, on stock kafkajs and plain avsc. */
export function byHand(how: ByHand): ConsumeContestant {
  return {
    name: how.name,
    role: 'rival',
    what: how.what,
    effects: 'projection',
    prepare: (place) =>
      onDatabase(place.databaseUrl, async (client) => {
        await client.query(PROJECTION);
        await client.query('CREATE TABLE processed (id uuid PRIMARY KEY, at timestamptz NOT NULL DEFAULT now())');
      }),
    consumer: (place) => Promise.resolve(byHandProgram(place, how)),
  };
}

function byHandProgram(place: Place, { inTransaction, apply }: ByHand): Program {
  const type = avsc.Type.forSchema(JSON.parse(measuredContract(place.topic).schema) as avsc.Schema);
  const decode = ({ value, headers = {} }: KafkaMessage): Decoded => ({
    id: String(headers['ce_id']),
    version: Number(String(headers['ce_aggregateversion'])),
    data: type.fromBuffer((value ?? Buffer.alloc(0)).subarray(FRAME_BYTES)) as MeasuredData,
  });
  const consumer = new Kafka({
    brokers: [...place.brokers],
    clientId: place.run,
    logLevel: logLevel.ERROR,
  }).consumer({ groupId: place.run });
  const clients = Array.from({ length: CONCURRENCY }, () => new Client({ connectionString: place.databaseUrl }));
  const free = [...clients];
  return {
    async go() {
      await Promise.all([consumer.connect(), ...clients.map((client) => client.connect())]);
      await consumer.subscribe({ topics: [place.topic], fromBeginning: true });
      await consumer.run({
        partitionsConsumedConcurrently: CONCURRENCY,
        eachBatchAutoResolve: false,
        eachBatch: async ({ batch, resolveOffset, heartbeat, isRunning }) => {
          const client = free.pop();
          if (client === undefined) throw new Error('more partitions at a time than connections');
          try {
            for (let at = 0; at < batch.messages.length && isRunning(); at += inTransaction) {
              const messages = batch.messages.slice(at, at + inTransaction);
              await client.query('BEGIN');
              await apply(client, messages.map(decode));
              await client.query('COMMIT');
              resolveOffset(messages.at(-1)?.offset ?? '0');
              await heartbeat();
            }
          } finally {
            free.push(client);
          }
        },
      });
    },
    async stop() {
      await consumer.disconnect();
      await Promise.all(clients.map((client) => client.end()));
    },
  };
}
