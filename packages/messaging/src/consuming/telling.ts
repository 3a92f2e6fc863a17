import { eventOf, type EventFailure, type EventRecovery, failureOf } from '../operating/facts.ts';
import type { ConsumerContext } from './consumer-context.ts';
import type { EventToPark, InboxTransaction, ParkedChange, ParkedEvent } from './inbox-store.ts';
import type { FailureRecord } from './retry.ts';

/** Tells of those that were parked because they failed, but for those of which it was told when they came before. */
export async function tellParked(
  c: ConsumerContext,
  tx: InboxTransaction,
  parked: readonly EventToPark[],
): Promise<void> {
  if (c.facts === undefined) return;
  const failures = parked.flatMap((event) => failureOf(c.definition.name, event) ?? []);
  if (failures.length > 0) await c.facts.failed(tx.db, failures, 'untold');
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
  if (c.facts === undefined) return;
  const { attempts, holdsEntity } = parked;
  const event = eventOf(c.definition.name, parked);
  await c.facts.failed(tx.db, [{ event, state, failure, attempts, holdsEntity }], 'all');
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
