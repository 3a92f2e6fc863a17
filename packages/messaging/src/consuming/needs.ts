import { type EntityKey, entityKeyText, type InboxTransaction } from './inbox-store.ts';
import type { Incoming } from './record-reader.ts';

/** An entity that a handler must find in a projection of its service. */
export interface Need {
  readonly projection: string;
  readonly key: EntityKey;
}

/** One text for a need. */
export function needText(need: Need): string {
  return `${need.projection} ${entityKeyText(need.key)}`;
}

export function needsOf(incoming: Incoming): readonly Need[] {
  if (incoming.kind !== 'event' || incoming.entry.needs === undefined) return [];
  return incoming.entry.needs(incoming.event).map(({ projection, aggregateType, aggregateId }) => ({
    projection,
    key: { tenant: incoming.envelope.tenant, aggregateType, aggregateId },
  }));
}

/** Which of the needed entities are not there yet, by {@link needText}. */
export async function missingNeeds(tx: InboxTransaction, needs: readonly Need[]): Promise<ReadonlySet<string>> {
  const byProjection = Map.groupBy(needs, (need) => need.projection);
  const missing = new Set<string>();
  // In the order of their names, so that two transactions that need both take the locks alike.
  for (const [projection, wanted] of [...byProjection].toSorted(([a], [b]) => a.localeCompare(b))) {
    const present = await tx.presentEntities(
      projection,
      wanted.map((need) => need.key),
    );
    for (const need of wanted) {
      if (!present.has(entityKeyText(need.key))) missing.add(needText(need));
    }
  }
  return missing;
}
