import { setTimeout as delay } from 'node:timers/promises';
import { Kafka, logLevel, type Producer } from 'kafkajs';
import { Client } from 'pg';
import type { Program } from '../process/program.ts';
import type { Place } from '../world/place.ts';
import type { LatencyContestant, RelayContestant } from './contestant.ts';
import { fillPlainOutbox, plainWriter, preparePlainOutbox } from './plain-outbox.ts';

const BATCH = 1_000;

interface Row {
  readonly seq: string;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: Buffer;
}

function naive(name: string, pollMs: number): RelayContestant {
  return {
    name,
    role: 'rival',
    what: `a poller as teams write it: SELECT … WHERE published_at IS NULL ORDER BY seq LIMIT ${BATCH} FOR UPDATE SKIP LOCKED, one send, UPDATE, COMMIT; looks every ${pollMs} ms when idle`,
    prepare: preparePlainOutbox,
    fill: fillPlainOutbox,
    relay: (place) => Promise.resolve(naiveProgram(place, pollMs)),
  };
}

export const naive10 = naive('naive-10ms', 10);
export const naive100 = naive('naive-100ms', 100);

/** Writers for the two pollers. */
export const naive10Writer = naiveWriter(naive10);
export const naive100Writer = naiveWriter(naive100);

function naiveWriter({ name, role, what }: RelayContestant): LatencyContestant {
  return {
    name,
    role,
    what,
    relay: name,
    prepare: preparePlainOutbox,
    writer: (place) => Promise.resolve(plainWriter(place)),
  };
}

function naiveProgram(place: Place, pollMs: number): Program {
  const client = new Client({ connectionString: place.databaseUrl });
  const producer = new Kafka({ brokers: [...place.brokers], clientId: place.run, logLevel: logLevel.ERROR }).producer({
    idempotent: true,
    maxInFlightRequests: 1,
  });
  const stopping = new AbortController();
  let ended: Promise<void> | undefined;
  const run = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      if ((await publishBatch(client, producer, place.topic)) === 0) await delay(pollMs);
    }
  };
  return {
    async go() {
      await Promise.all([client.connect(), producer.connect()]);
      ended = run();
    },
    async stop() {
      stopping.abort();
      await ended;
      await Promise.all([client.end(), producer.disconnect()]);
    },
  };
}

async function publishBatch(client: Client, producer: Producer, topic: string): Promise<number> {
  await client.query('BEGIN');
  const { rows } = await client.query<Row>({
    name: 'pending',
    text: `SELECT seq, key, headers, payload FROM outbox WHERE published_at IS NULL
            ORDER BY seq LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
  });
  if (rows.length > 0) {
    await producer.send({
      topic,
      acks: -1,
      messages: rows.map(({ key, headers, payload }) => ({ key, headers, value: payload })),
    });
    await client.query({
      name: 'published',
      text: 'UPDATE outbox SET published_at = now() WHERE seq = ANY($1::bigint[])',
      values: [rows.map(({ seq }) => seq)],
    });
  }
  await client.query('COMMIT');
  return rows.length;
}
