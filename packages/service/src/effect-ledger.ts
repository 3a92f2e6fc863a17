import type { Event } from '@waybill/contracts';
import type { HandlerContext, HandlerEntry, ProjectionTable } from '@waybill/messaging';

/** The ledger among a projection's tables: others write it too. */
export const ledgerTable: ProjectionTable = { name: 'effect_ledger', kept: 'apart' };

/**
 * Writes one row to `effect_ledger` for each event that is handled, in the handler's own transaction. The table has no unique
 * key, so that a second effect of one event shows as a second row: an independent checker counts them. A projection declares it
 * as {@link ledgerTable}, so that its rebuild counts apart.
 */
export function ledgered(handlers: readonly HandlerEntry[], consumer: string): readonly HandlerEntry[] {
  return handlers.map((entry) => ({
    ...entry,
    async handle(event: Event<never>, context: HandlerContext, outcome: unknown) {
      await entry.handle(event, context, outcome);
      await context.tx.query(
        `INSERT INTO effect_ledger (consumer, event_id, aggregate_type, aggregate_id, version, type)
         VALUES ($1, $2, $3, $4, $5, $6)`,
        [consumer, event.id, event.aggregateType, event.aggregateId, event.aggregateVersion, event.type],
      );
    },
  }));
}
