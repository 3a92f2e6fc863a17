import type { OutgoingRecord, Publisher, SendOutcome } from '@waybill/messaging';
import { directWire, type Wire } from '../wire.ts';
import { BrokerError, type MemoryLog } from './memory-log.ts';

interface Entry {
  readonly index: number;
  readonly record: OutgoingRecord;
}

/** Publishes to an in-memory log: one request for each partition, in the order of its records. */
export function memoryPublisher(log: MemoryLog, wire: Wire = directWire): Publisher {
  let closed = false;
  return {
    async send(records) {
      if (closed) return records.map(() => unavailable('CLOSED', 'The publisher was closed.'));
      const outcomes: SendOutcome[] = [];
      const requests = Map.groupBy(
        records.map((record, index): Entry => ({ index, record })),
        ({ record }) => requestOf(log, record),
      );
      await Promise.all(
        [...requests].map(async ([request, entries]) => {
          const answers = await produce(wire, request, log, entries);
          for (const [at, { index }] of entries.entries()) outcomes[index] = answers[at] ?? NO_ANSWER;
        }),
      );
      return records.map((_, index) => outcomes[index] ?? NO_ANSWER);
    },
    async close() {
      closed = true;
    },
  };
}

const NO_ANSWER: SendOutcome = unavailable('UNKNOWN', 'No answer for this record.');

function unavailable(code: string, message: string): SendOutcome {
  return { status: 'unavailable', code, message };
}

function requestOf(log: MemoryLog, { topic, key }: OutgoingRecord): string {
  try {
    return `${topic}/${log.partitionOf(topic, key)}`;
  } catch {
    return topic;
  }
}

async function produce(
  wire: Wire,
  request: string,
  log: MemoryLog,
  entries: readonly Entry[],
): Promise<readonly SendOutcome[]> {
  try {
    return await wire.call(`produce ${request}`, () => appendAll(log, entries));
  } catch (error) {
    return entries.map(() =>
      unavailable(error instanceof BrokerError ? error.code : 'NETWORK', error instanceof Error ? error.message : ''),
    );
  }
}

function appendAll(log: MemoryLog, entries: readonly Entry[]): readonly SendOutcome[] {
  log.requireUp();
  const refusedKeys = new Set<string>();
  return entries.map(({ record }): SendOutcome => {
    if (refusedKeys.has(record.key))
      return unavailable('BEHIND_REJECTED', 'An earlier record of its key was rejected.');
    try {
      log.append(record);
      return { status: 'acknowledged' };
    } catch (error) {
      if (!(error instanceof BrokerError)) throw error;
      if (error.code === 'UNKNOWN_TOPIC_OR_PARTITION') return unavailable(error.code, error.message);
      refusedKeys.add(record.key);
      return { status: 'rejected', code: error.code, message: error.message };
    }
  });
}
