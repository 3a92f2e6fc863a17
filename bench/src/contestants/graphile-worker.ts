import { Logger, makeWorkerUtils, run, type Runner } from 'graphile-worker';
import pg from 'pg';
import { createAggregates, inTransactions } from '../world/aggregates.ts';
import { onDatabase } from '../world/database.ts';
import { measuredContract, measuredHeaders } from '../world/event.ts';
import { messageWriter } from '../world/messages.ts';
import type { Place } from '../world/place.ts';
import type { LatencyContestant, RelayContestant } from './contestant.ts';
import { KafkaBatcher, type StoredRecord, storedRecordSql } from './kafka-batcher.ts';
import { FROM_EVENTS, HEADERS, WRITERS } from './plain-outbox.ts';
import { committed } from './transactions.ts';

const TASK = 'publish';
const silent = new Logger(() => () => undefined);

async function prepare(place: Place): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: place.databaseUrl, logger: silent });
  await utils.migrate();
  await utils.release();
  await onDatabase(place.databaseUrl, (client) => createAggregates(client, place));
}

const what =
  'a job for each event; 500 jobs at a time from a local queue of 1,000, completed in batches, sent together with kafkajs';

export const graphileRelay: RelayContestant = {
  name: 'graphile-worker',
  role: 'rival',
  what,
  prepare,
  async fill(place, rows) {
    const template = JSON.stringify(measuredHeaders(measuredContract(place.topic), 'entity', 1));
    await onDatabase(place.databaseUrl, (client) =>
      inTransactions(rows, 100, (from, to) =>
        client.query({
          name: 'fill',
          text: `SELECT (graphile_worker.add_job($4, ${storedRecordSql(HEADERS)})).id ${FROM_EVENTS}`,
          values: [from, to, place.aggregates, TASK, template],
        }),
      ),
    );
  },
  relay(place) {
    const batcher = new KafkaBatcher(place);
    let runner: Runner | undefined;
    return Promise.resolve({
      async go() {
        await batcher.connect();
        runner = await run({
          preset: {
            worker: {
              connectionString: place.databaseUrl,
              concurrentJobs: 500,
              maxPoolSize: 10,
              localQueue: { size: 1_000 },
              completeJobBatchDelay: 0,
              logger: silent,
            },
          },
          noHandleSignals: true,
          taskList: { [TASK]: (payload) => batcher.send(payload as StoredRecord) },
        });
      },
      async stop() {
        await runner?.stop();
        await batcher.close();
      },
    });
  },
};

export const graphileWriter: LatencyContestant = {
  name: graphileRelay.name,
  role: 'rival',
  what,
  prepare,
  relay: graphileRelay.name,
  writer(place) {
    const pool = new pg.Pool({ connectionString: place.databaseUrl, max: WRITERS });
    const messageOf = messageWriter(place);
    return Promise.resolve({
      write(sequence) {
        const { key, value, headers } = messageOf(sequence);
        const payload: StoredRecord = { key, value: value.toString('base64'), headers };
        return committed(pool, {
          name: 'enqueue',
          text: 'SELECT graphile_worker.add_job($1, $2::json)',
          values: [TASK, JSON.stringify(payload)],
        });
      },
      close: () => pool.end(),
    });
  },
};
