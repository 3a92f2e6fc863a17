import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { onDatabase } from '../world/database.ts';
import { messageWriter } from '../world/messages.ts';
import type { LatencyContestant } from './contestant.ts';
import { WRITERS } from './plain-outbox.ts';
import { committed } from './transactions.ts';

/** No outbox: the fact is committed, and then sent. What a crash between the two loses is the reason for outboxes. */
export const directWriter: LatencyContestant = {
  name: 'direct',
  role: 'reference',
  what: 'no outbox: INSERT, COMMIT, and then kafkajs sends the one event from the same process; loses events when it dies between the two',
  relay: undefined,
  prepare: (place) =>
    onDatabase(place.databaseUrl, async (client) => {
      await client.query('CREATE TABLE fact (id uuid PRIMARY KEY, entity text NOT NULL, payload bytea NOT NULL)');
    }),
  async writer(place) {
    const pool = new pg.Pool({ connectionString: place.databaseUrl, max: WRITERS });
    const kafka = new Kafka({ brokers: [...place.brokers], clientId: place.run, logLevel: logLevel.ERROR });
    const producer = kafka.producer({ allowAutoTopicCreation: false });
    const messageOf = messageWriter(place);
    const sending = new Set<Promise<unknown>>();
    await producer.connect();
    return {
      async write(sequence) {
        const { key, value, headers } = messageOf(sequence);
        await committed(pool, {
          name: 'fact',
          text: 'INSERT INTO fact (id, entity, payload) VALUES ($1, $2, $3)',
          values: [headers['ce_id'], key, value],
        });
        const sent = producer
          .send({ topic: place.topic, acks: -1, messages: [{ key, value, headers }] })
          .finally(() => sending.delete(sent));
        sending.add(sent);
      },
      async close() {
        await Promise.all(sending);
        await producer.disconnect();
        await pool.end();
      },
    };
  },
};
