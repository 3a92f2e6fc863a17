import pg from 'pg';
import { PgBoss } from 'pg-boss';
import { createAggregates } from '../world/aggregates.ts';
import { onDatabase } from '../world/database.ts';
import { messageMaker, messageWriter, type MeasuredMessage } from '../world/messages.ts';
import type { Place } from '../world/place.ts';
import type { LatencyContestant, RelayContestant } from './contestant.ts';
import { KafkaBatcher, type StoredRecord } from './kafka-batcher.ts';
import { WRITERS } from './plain-outbox.ts';

const QUEUE = 'publish';
const BATCH = 1_000;

function boss(place: Place, connections: number, supervised: 'supervised' | 'alone'): PgBoss {
  const made = new PgBoss({
    connectionString: place.databaseUrl,
    max: connections,
    useListenNotify: supervised === 'supervised',
    supervise: supervised === 'supervised',
    schedule: false,
  });
  made.on('error', (error) => process.stderr.write(`   pg-boss: ${error.message}\n`));
  return made;
}

async function prepare(place: Place): Promise<void> {
  const made = boss(place, 1, 'alone');
  await made.start();
  await made.createQueue(QUEUE, { notify: true });
  await made.stop();
  await onDatabase(place.databaseUrl, (client) => createAggregates(client, place));
}

const storedOf = ({ key, value, headers }: MeasuredMessage): StoredRecord => ({
  key,
  value: value.toString('base64'),
  headers,
});

const what = `a job for each event; fetched ${BATCH} at a time without a pause while there are more, woken by NOTIFY, sent together with kafkajs`;

export const pgBossRelay: RelayContestant = {
  name: 'pg-boss',
  role: 'rival',
  what,
  prepare,
  async fill(place, rows) {
    const made = boss(place, 1, 'alone');
    const messages = messageMaker(place);
    await made.start();
    for (let at = 0; at < rows; at += 100) {
      await made.insert(
        QUEUE,
        messages(at, Math.min(rows, at + 100)).map((message) => ({ data: storedOf(message) })),
      );
    }
    await made.stop();
  },
  relay(place) {
    const batcher = new KafkaBatcher(place);
    const made = boss(place, 10, 'supervised');
    return Promise.resolve({
      async go() {
        await batcher.connect();
        await made.start();
        await made.work<StoredRecord>(
          QUEUE,
          { batchSize: BATCH, burstWhenBatchFull: true, pollingIntervalSeconds: 0.5 },
          (jobs) => batcher.sendTogether(jobs.map(({ data }) => data)),
        );
      },
      async stop() {
        await made.stop({ graceful: true, timeout: 5_000 });
        await batcher.close();
      },
    });
  },
};

export const pgBossWriter: LatencyContestant = {
  name: pgBossRelay.name,
  role: 'rival',
  what,
  prepare,
  relay: pgBossRelay.name,
  async writer(place) {
    const pool = new pg.Pool({ connectionString: place.databaseUrl, max: WRITERS });
    const made = boss(place, 1, 'alone');
    const messageOf = messageWriter(place);
    await made.start();
    return {
      async write(sequence) {
        const client = await pool.connect();
        try {
          await client.query('BEGIN');
          await made.send(QUEUE, storedOf(messageOf(sequence)), {
            db: { executeSql: (text, values) => client.query(text, values) },
          });
          await client.query('COMMIT');
        } finally {
          client.release();
        }
      },
      async close() {
        await made.stop({ graceful: false });
        await pool.end();
      },
    };
  },
};
