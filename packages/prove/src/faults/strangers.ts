import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { kafkaPublisher, kafkaSubscriber } from '@waybill/kafka';
import type { LogRecord, OutgoingRecord } from '@waybill/messaging';
import { type FaultStage, type Injector, lasting } from './stage.ts';

/** Keys of what a stranger writes begin with it, so that the checker can tell it from an event. */
export const strangerKey = 'stranger-';

/** Members of the consumer's own group come and go: each takes partitions, deals with nothing, and leaves. */
export const rebalance: Injector = async (stage, { target, forMs }) => {
  const topics = target === 'archive.postings' ? ['office.posting'] : ['east.account', 'west.account'];
  const until = performance.now() + forMs;
  let members = 0;
  while (performance.now() < until && !stage.signal.aborted) {
    const subscriber = kafkaSubscriber({ ...stage.broker, clientId: `stranger-${members}`, stopTimeoutMs: 2_000 });
    try {
      await subscriber.subscribe(
        { group: target, topics },
        {
          assigned: async (partitions) =>
            Promise.resolve(partitions.map(({ topic, partition, high }) => ({ topic, partition, start: high }))),
          // What it is handed it refuses, so that nothing is committed in the consumer's name.
          deliver: async () => Promise.reject(new Error('a stranger deals with nothing')),
          health: () => undefined,
        },
      );
      members += 1;
      await pause(stage.random.whole(200, 1_500));
    } catch {
      // The broker may be away.
    } finally {
      await subscriber.close().catch(() => undefined);
    }
  }
  return `${members} members came and went`;
};

/** Records that are events in no way, in the ways in which that is possible. */
export const poison: Injector = async (stage, { target }) => {
  const type = target === 'office.posting' ? 'office.v1.AmountPosted' : `${target.split('.', 1)[0]}.v1.AmountAdded`;
  const key = () => `${strangerKey}${randomUUID()}`;
  const record = (headers: Readonly<Record<string, string>>, value: Buffer): OutgoingRecord => ({
    topic: target,
    key: key(),
    value,
    headers,
  });
  return write(stage, [
    record({}, Buffer.from('not an event')),
    record({}, Buffer.alloc(0)),
    record({ ce_type: '\0', ce_id: 'x'.repeat(2_000) }, Buffer.from([0, 0, 0, 0, 1])),
    record({ ce_specversion: '9', 'content-type': 'text/html' }, Buffer.from('<html>')),
    forged(target, type, key(), Buffer.from([0, 0x7f, 0xff, 0xff, 0xff, 1, 2, 3])),
    forged(target, type, key(), Buffer.from([1, 2, 3])),
  ]);
};

/** A record whose headers are in order, and whose body is not. */
function forged(topic: string, type: string, key: string, value: Buffer): OutgoingRecord {
  const headers = {
    ce_specversion: '1.0',
    ce_id: randomUUID(),
    ce_type: type,
    ce_source: '/stranger',
    ce_subject: key,
    ce_time: new Date().toISOString(),
    ce_dataschema: `urn:waybill:schema:${type}:${'0'.repeat(64)}`,
    'content-type': 'application/avro',
    ce_correlationid: key,
    ce_aggregateversion: '1',
    ce_partitionkey: key,
    ce_aggregatetype: topic,
  };
  return { topic, key, value, headers };
}

/** How many of the newest records are written once more. */
const copies = 40;
/** Milliseconds that reading them may take. */
const patienceMs = 8_000;
const brokerPatienceMs = 30_000;

/** The newest records of a topic are written again as they are, as a relay does that died before it saved its cursor. */
export const duplicate: Injector = async (stage, { target }) => {
  const newest = await newestOf(stage, target);
  return write(
    stage,
    newest.map(({ topic, key, value, headers }) => ({
      topic,
      key: key ?? '',
      value: value ?? new Uint8Array(),
      headers,
    })),
  );
};

/** Records that arrive within a moment, from where the log ends now. */
async function newestOf({ broker, signal }: FaultStage, topic: string): Promise<readonly LogRecord[]> {
  const subscriber = kafkaSubscriber({ ...broker, clientId: 'stranger-reader', stopTimeoutMs: 2_000 });
  const seen: LogRecord[] = [];
  try {
    await subscriber.subscribe(
      { group: `stranger-reader-${randomUUID()}`, topics: [topic] },
      {
        assigned: async (partitions) =>
          Promise.resolve(
            partitions.map(({ partition, low, high }) => {
              const start = high - BigInt(Math.ceil(copies / partitions.length));
              return { topic, partition, start: start > low ? start : low };
            }),
          ),
        deliver: async ({ records }) => {
          seen.push(...records);
          return Promise.resolve();
        },
        health: () => undefined,
      },
    );
    const deadline = performance.now() + patienceMs;
    while (seen.length < copies / 2 && performance.now() < deadline && !signal.aborted) await pause(50);
  } finally {
    await subscriber.close().catch(() => undefined);
  }
  return seen.filter(({ key }) => key?.startsWith(strangerKey) === false).slice(0, copies);
}

/** Writes records, again where the broker did not take them, for as long as it may take to come back. */
async function write({ broker, signal }: FaultStage, records: readonly OutgoingRecord[]): Promise<string> {
  const publisher = kafkaPublisher({ ...broker, clientId: 'stranger' });
  const deadline = performance.now() + brokerPatienceMs;
  let left = records;
  try {
    while (left.length > 0 && performance.now() < deadline && !signal.aborted) {
      const outcomes = await publisher.send(left);
      left = left.filter((_, index) => outcomes[index]?.status === 'unavailable');
      if (left.length > 0) await lasting({ signal }, 250);
    }
    return `${records.length - left.length} records written`;
  } finally {
    await publisher.close();
  }
}
