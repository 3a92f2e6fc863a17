import { type FetchedRecord, type ProducerSource, recordOf } from '@waybill/messaging';
import type { EntityKey } from '@waybill/messaging';
import type { MemoryClient } from '../database/memory-client.ts';
import type { MemoryTransaction } from '../database/memory-transaction.ts';
import { outboxTable, type StoredOutboxRow } from './tables.ts';

/** A producer of an aggregate type: its database, and how it makes an entity's snapshot. */
export interface MemoryProducer {
  readonly client: MemoryClient;
  /** The entity's state as a snapshot record, read in one go; undefined when there is no such entity. */
  readonly snapshot?: (tx: MemoryTransaction, entity: EntityKey) => FetchedRecord | undefined;
}

/** The producers of events by aggregate type, asked for what the log did not bring. */
export function memoryProducers(producers: Readonly<Record<string, MemoryProducer>>): ProducerSource {
  const producerOf = ({ aggregateType }: EntityKey): MemoryProducer => {
    const producer = producers[aggregateType];
    if (producer === undefined) throw new Error(`No producer of ${aggregateType} was given.`);
    return producer;
  };
  return {
    async snapshot(entity) {
      const { client, snapshot } = producerOf(entity);
      return snapshot && client.run('fetch snapshot', (tx) => snapshot(tx, entity));
    },
    events: async (entity, from, to) =>
      producerOf(entity).client.run('fetch events', (tx) =>
        tx
          .rows(outboxTable)
          .filter((row) => isOf(row, entity) && row.aggregateVersion >= from && row.aggregateVersion <= to)
          .toSorted((a, b) => a.aggregateVersion - b.aggregateVersion || a.position - b.position)
          .map(recordOf),
      ),
  };
}

function isOf(row: StoredOutboxRow, { tenant, aggregateType, aggregateId }: EntityKey): boolean {
  return (
    row.kind === 'event' &&
    row.tenant === tenant &&
    row.aggregateType === aggregateType &&
    row.aggregateId === aggregateId
  );
}
