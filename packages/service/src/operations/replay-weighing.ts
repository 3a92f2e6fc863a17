import type { ConsumerDefinition, EntityState, Queryable, ReplayedEvent } from '@waybill/messaging';
import { replayFacts } from '@waybill/postgres';
import type { ReplaySelection } from './api.ts';
import type { Candidate } from './replay-selection.ts';

/** A candidate with what its consumer knows of it. */
export interface Weighed extends Candidate, ReplayedEvent {
  /** Whether a person gave it up, and another wants it handled after all. */
  readonly isTakenBack: boolean;
}

/** Asks what a consumer knows of candidates, and of their entities. */
export async function weigh(
  db: Queryable,
  { name }: ConsumerDefinition,
  selection: ReplaySelection,
  candidates: readonly Candidate[],
): Promise<{ readonly events: readonly Weighed[]; readonly entities: ReadonlyMap<string, EntityState> }> {
  const { handled, skipped, parked, entities } = await replayFacts(db, name, candidates);
  const events = candidates.map((candidate): Weighed => {
    const { id, olderThanInbox } = candidate;
    const isTakenBack = selection.skipped === 'again' && skipped.has(id);
    return {
      ...candidate,
      isTakenBack,
      handledById: handled.has(id) || (skipped.has(id) && !isTakenBack),
      parked: parked.has(id),
      olderThanInbox: olderThanInbox && !isTakenBack,
    };
  });
  return { events, entities };
}
