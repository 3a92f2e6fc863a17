import type { AnyContract, Event } from '@waybill/contracts';
import { consumer, type ConsumerDefinition, onBatch, type Queryable } from '@waybill/messaging';
import { businessIdPaths, businessIdsOf } from '../domain/business-ids.ts';

/** An event to be found again, with the ids of its data and nothing else of it. */
export interface EventToIndex {
  readonly event: Omit<Event<unknown>, 'data'>;
  readonly businessIds: readonly string[];
}

/** Writes events of one contract; those that are there already are left as they are. */
export type SaveIndexed = (
  tx: Queryable,
  contract: Pick<AnyContract, 'name' | 'aggregateType' | 'topic'>,
  events: readonly EventToIndex[],
) => Promise<void>;

export const eventIndexName = 'console.event-index';

/** The longest that a consumer without order may have. Topics keep their events for half of it. */
const horizonMs = 60 * 86_400_000;

export interface EventIndexingOptions {
  readonly contracts: readonly AnyContract[];
  readonly save: SaveIndexed;
  /** Another name for tests, which must not share a group; {@link eventIndexName} when left out. */
  readonly name?: string;
}

/**
 * Has every event of the published language in the index, from the oldest that the topics hold on.
 *
 * Without order, since a row says nothing of the rows before it. Ordered by entity, an event whose predecessor the topic no
 * longer holds would be parked and its producer asked, and each event would cost the writing of its entity's version; so
 * an event is written as it comes, and its row in the inbox keeps a redelivery from writing a second one.
 */
export function eventIndexing({ contracts, save, name = eventIndexName }: EventIndexingOptions): ConsumerDefinition {
  return consumer({
    name,
    kind: 'reaction',
    from: 'beginning',
    ordering: { by: 'none', horizonMs },
    criticality: 'deferrable',
    // Whoever looks an event up wants it there by then; nothing else waits for it.
    objective: { visibleWithinMs: 30_000, share: 0.95 },
    tracing: 'none',
    handlers: contracts
      .filter(({ kind }) => kind === 'event')
      .map((contract) => {
        const paths = businessIdPaths(contract);
        return onBatch<unknown>(contract, (events, { tx }) =>
          save(
            tx,
            contract,
            events.map((event) => ({ event, businessIds: businessIdsOf(paths, event.data, event.aggregateId) })),
          ),
        );
      }),
  });
}
