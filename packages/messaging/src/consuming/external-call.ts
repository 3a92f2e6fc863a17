import type { Event } from '@waybill/contracts';
import { PauseError, RetryableError, TerminalError, WaybillError } from '../errors.ts';
import type { HandlerEntry } from './consumer.ts';
import type { ConsumerContext } from './consumer-context.ts';
import type { NextStep, SettledCall } from './draining.ts';
import { callOutside, DEFAULT_CALL_MS } from './handler-call.ts';
import type { InboxTransaction, ParkedEvent } from './inbox-store.ts';
import { isAffordable, keepFailed } from './parking.ts';

const CLAIM_MARGIN_MS = 10_000;

/** A call to the outside that has no idempotency may have happened or not: a person must look, it is not made again. */
export class UnknownOutcomeError extends TerminalError {
  constructor(options: ErrorOptions = {}) {
    super(
      'The call to the outside was started and its outcome is not known, so it is not made again. Find out whether it happened, then skip or redrive the event.',
      { ...options, code: 'external.unknown-outcome' },
    );
  }
}

/**
 * Writes down that an event's call to the outside is about to be made; the call follows once that is committed. One
 * that was interrupted before is made again only where that has no second effect.
 */
export async function startCall(
  c: ConsumerContext,
  tx: InboxTransaction,
  head: ParkedEvent,
  event: Event<never>,
  entry: HandlerEntry,
): Promise<NextStep> {
  const effect = entry.external;
  if (effect === undefined) throw new WaybillError('external.none', `${event.type} has no call to the outside.`);
  if (head.call === 'interrupted' && !effect.idempotent) {
    await keepFailed(c, tx, head, event, entry.contract, new UnknownOutcomeError());
    return { step: 'rest' };
  }
  if (!(await isAffordable(c, tx, head))) return { step: 'rest' };
  const claimMs = (effect.timeoutMs ?? DEFAULT_CALL_MS) + CLAIM_MARGIN_MS;
  const isOurs = await tx.updateParked(head.id, { call: 'calling', claimMs });
  return isOurs ? { step: 'call', head, event, entry, effect } : { step: 'rest' };
}

/** Makes the call, with no transaction open. Undefined when it failed, which is then noted. */
export async function makeCall(
  c: ConsumerContext,
  { head, event, entry, effect }: Extract<NextStep, { step: 'call' }>,
): Promise<SettledCall | undefined> {
  try {
    const call = { contract: entry.contract, event, attempt: head.attempts + 1, origin: head.origin, parked: head };
    const value = await c.breakers.call(effect.dependency, async () => callOutside(c, call, effect));
    return { id: head.id, version: head.version, outcome: { value } };
  } catch (error) {
    const failure = effect.idempotent || isKnown(error) ? error : new UnknownOutcomeError({ cause: error });
    await c.store.transaction(async (tx) => keepFailed(c, tx, head, event, entry.contract, failure));
    return undefined;
  }
}

/** The three kinds of error say that the effect did not happen; any other leaves it open. */
function isKnown(error: unknown): boolean {
  return error instanceof RetryableError || error instanceof TerminalError || error instanceof PauseError;
}
