import type { IndexedEvent, JourneyMatch } from '../domain/indexed-journey.ts';

/** What an id may be. */
export type IdKind = 'correlation' | 'event' | 'entity' | 'trace' | 'business-id';

/** What the index has for an id. */
export interface FoundId {
  /** Nothing when the index does not know the id; the kinds that it is otherwise. */
  readonly kinds: readonly IdKind[];
  /** The correlations that it stands for, the newest first, 20 at most; itself alone when it is one. */
  readonly correlationIds: readonly string[];
}

/** The events that there were, as far as they are kept, by any of their ids. Never rejects: what it cannot tell it leaves out. */
export interface EventIndex {
  find(id: string): Promise<FoundId>;
  /** Each correlation in short, in the order given. */
  matches(correlationIds: readonly string[]): Promise<readonly JourneyMatch[]>;
  /** The events of the correlations, the oldest first; `more` when there are more than are given. */
  eventsOf(
    correlationIds: readonly string[],
  ): Promise<{ readonly events: readonly IndexedEvent[]; readonly more: boolean }>;
}

/** Of a console that keeps no index. */
export const noEventIndex: EventIndex = {
  find: async () => ({ kinds: [], correlationIds: [] }),
  matches: async () => [],
  eventsOf: async () => ({ events: [], more: false }),
};
