import pg from 'pg';
import {
  createReplicationSegmentMutexConcurrencyController,
  DatabaseSetup,
  type DatabaseReplicationSetupConfig,
  getDisabledLogger,
  initializeMessageStorage,
  initializeReplicationMessageListener,
  type ReplicationListenerConfig,
} from 'pg-transactional-outbox';
import { createAggregates, inTransactions } from '../world/aggregates.ts';
import { onDatabase } from '../world/database.ts';
import { measuredContract, measuredHeaders } from '../world/event.ts';
import { messageWriter } from '../world/messages.ts';
import type { Place } from '../world/place.ts';
import type { LatencyContestant, RelayContestant } from './contestant.ts';
import { KafkaBatcher, type StoredRecord, storedRecordSql } from './kafka-batcher.ts';
import { FROM_EVENTS, HEADERS, WRITERS } from './plain-outbox.ts';

function setupOf(place: Place): DatabaseReplicationSetupConfig {
  const { pathname, username } = new URL(place.databaseUrl);
  return {
    outboxOrInbox: 'outbox',
    database: pathname.slice(1),
    schema: 'public',
    table: 'outbox',
    listenerRole: username,
    handlerRole: username,
    publication: 'outbox_publication',
    replicationSlot: place.run,
  };
}

function listenerConfig(place: Place): ReplicationListenerConfig {
  return {
    outboxOrInbox: 'outbox',
    dbListenerConfig: { connectionString: place.databaseUrl },
    dbHandlerConfig: { connectionString: place.databaseUrl, max: 20 } as pg.PoolConfig,
    settings: {
      dbSchema: 'public',
      dbTable: 'outbox',
      dbPublication: 'outbox_publication',
      dbReplicationSlot: place.run,
      enableMaxAttemptsProtection: false,
      enablePoisonousMessageProtection: false,
    },
  };
}

async function prepare(place: Place): Promise<void> {
  const setup = setupOf(place);
  await onDatabase(place.databaseUrl, async (client) => {
    await client.query(DatabaseSetup.dropAndCreateTable(setup));
    await client.query(DatabaseSetup.setupReplicationCore(setup));
    await client.query(DatabaseSetup.setupReplicationSlot(setup));
    await createAggregates(client, place);
  });
}

const what =
  'its logical replication listener, one message at a time for each key, its two protections off, 20 connections, sent together with kafkajs';

/** It handles a few hundred messages a second: a smaller backlog shows that as well. */
export const pgTransactionalOutboxRelay: RelayContestant = {
  name: 'pg-transactional-outbox',
  role: 'rival',
  what,
  backlog: 'short',
  prepare,
  async fill(place, rows) {
    const template = JSON.stringify(measuredHeaders(measuredContract(place.topic), 'entity', 1));
    await onDatabase(place.databaseUrl, (client) =>
      inTransactions(rows, 100, (from, to) =>
        client.query({
          name: 'fill',
          text: `INSERT INTO outbox (id, aggregate_type, aggregate_id, segment, message_type, payload, metadata)
                 SELECT e.id, 'entity', a.id, a.id, $4, ${storedRecordSql(HEADERS)}, '{}' ${FROM_EVENTS}`,
          values: [from, to, place.aggregates, place.topic, template],
        }),
      ),
    );
  },
  relay(place) {
    const batcher = new KafkaBatcher(place);
    let shutdown: (() => Promise<void>) | undefined;
    return Promise.resolve({
      async go() {
        await batcher.connect();
        [shutdown] = initializeReplicationMessageListener(
          listenerConfig(place),
          { handle: ({ payload }) => batcher.send(payload as StoredRecord) },
          getDisabledLogger(),
          { concurrencyStrategy: createReplicationSegmentMutexConcurrencyController() },
        );
      },
      async stop() {
        await shutdown?.();
        await batcher.close();
      },
    });
  },
};

export const pgTransactionalOutboxWriter: LatencyContestant = {
  name: pgTransactionalOutboxRelay.name,
  role: 'rival',
  what,
  prepare,
  relay: pgTransactionalOutboxRelay.name,
  writer(place) {
    const pool = new pg.Pool({ connectionString: place.databaseUrl, max: WRITERS });
    const messageOf = messageWriter(place);
    const store = initializeMessageStorage(listenerConfig(place), getDisabledLogger());
    return Promise.resolve({
      async write(sequence) {
        const { key, value, headers } = messageOf(sequence);
        const payload: StoredRecord = { key, value: value.toString('base64'), headers };
        const client = await pool.connect();
        try {
          await client.query('BEGIN');
          await store(
            {
              id: headers['ce_id'] ?? '',
              aggregateType: 'entity',
              aggregateId: key,
              segment: key,
              messageType: place.topic,
              payload,
              metadata: {},
            },
            client,
          );
          await client.query('COMMIT');
        } finally {
          client.release();
        }
      },
      close: () => pool.end(),
    });
  },
};
