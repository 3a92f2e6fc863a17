import { eventOf, type EventFailure, type EventRecovery, failureOf } from '../operating/facts.ts';
import type { ConsumerContext } from './consumer-context.ts';
import type { EventToPark, InboxTransaction, ParkedChange, ParkedEvent } from './inbox-store.ts';
import type { FailureRecord } from './retry.ts';

/** Parks events, and tells of those that failed unless they were parked before. */
export async function parkAndTell(
  c: ConsumerContext,
  tx: InboxTransaction,
  events: readonly EventToPark[],
): Promise<void> {
  const { definition, facts } = c;
  if (facts === undefined || events.every(({ failure }) => failure === undefined)) {
    await tx.park(definition.name, events);
    return;
  }
  const told: EventFailure[] = [];
  for (const event of events) {
    const failure = failureOf(definition.name, event);
    // One after another, since only so it shows which of them came before.
    const added = await tx.park(definition.name, [event]);
    if (added > 0 && failure !== undefined) told.push(failure);
  }
  if (told.length > 0) await facts.failed(tx.db, told);
}

/** Has a parked event wait for a person, and tells that. Nothing happens when another process's claim on it lasts. */
export async function killAndTell(
  c: ConsumerContext,
  tx: InboxTransaction,
  parked: ParkedEvent,
  failure: FailureRecord,
  change: Pick<ParkedChange, 'holdsEntity' | 'claimMs'> = {},
): Promise<void> {
  const isKept = await tx.updateParked(parked.id, { reason: 'dead', dueInMs: null, ...change, failure });
  if (isKept) await tellFailed(c, tx, { ...parked, ...change }, failure, 'dead');
}

/** Tells that a parked event failed, once more or for good. */
export async function tellFailed(
  c: ConsumerContext,
  tx: InboxTransaction,
  parked: ParkedEvent,
  failure: FailureRecord,
  state: EventFailure['state'],
): Promise<void> {
  const { attempts, holdsEntity } = parked;
  await c.facts?.failed(tx.db, [{ event: eventOf(c.definition.name, parked), state, failure, attempts, holdsEntity }]);
}

/** What is told of a parked event that is done with: nothing, where nobody was told that it failed. */
export function recoveryOf(
  c: ConsumerContext,
  parked: ParkedEvent,
  how: EventRecovery['how'],
): readonly EventRecovery[] {
  if (c.facts === undefined || parked.failureTold !== true) return [];
  const attempts = how === 'handled' ? parked.attempts + 1 : parked.attempts;
  return [{ event: eventOf(c.definition.name, parked), how, attempts }];
}
