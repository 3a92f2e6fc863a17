import { PauseError, RetryableError, TerminalError, WaybillError } from '../errors.ts';
import type { ConsumerContext } from './consumer-context.ts';
import type { NextStep } from './draining.ts';
import { keepFailed } from './draining.ts';
import { callOutside, DEFAULT_CALL_MS } from './handler-call.ts';

const CLAIM_MARGIN_MS = 10_000;

/** A call to the outside that has no idempotency may have happened or not: a person must look, it is not made again. */
export class UnknownOutcomeError extends WaybillError {
  constructor(options?: ErrorOptions) {
    super(
      'external.unknown-outcome',
      'The call to the outside was started and its outcome is not known, so it is not made again. Find out whether it happened, then skip or redrive the event.',
      options,
    );
  }
}

type Call = Extract<NextStep, { step: 'call' }>;

/**
 * Makes an event's call to the outside: the intent is committed before, the outcome after it, and no transaction is
 * open while it lasts. True when there is an outcome, so that the event's handling can go on.
 */
export async function makeCall(c: ConsumerContext, { head, event, entry }: Call): Promise<boolean> {
  const effect = entry.external;
  if (effect === undefined) return false;
  const fail = async (error: unknown) =>
    c.store.transaction(async (tx) => keepFailed(c, tx, head, event, entry.contract, error));

  if (head.call === 'interrupted' && !effect.idempotent) {
    await fail(terminal(new UnknownOutcomeError()));
    return false;
  }
  const claimMs = (effect.timeoutMs ?? DEFAULT_CALL_MS) + CLAIM_MARGIN_MS;
  const isOurs = await c.store.transaction(async (tx) => tx.updateParked(head.id, { call: 'calling', claimMs }));
  if (!isOurs) return false;
  try {
    const outcome = await callOutside(c, { contract: entry.contract, event, attempt: head.attempts + 1 }, effect);
    return await c.store.transaction(async (tx) =>
      tx.updateParked(head.id, { call: 'none', outcome: { value: outcome } }),
    );
  } catch (error) {
    await fail(effect.idempotent || isKnown(error) ? error : terminal(new UnknownOutcomeError({ cause: error })));
    return false;
  }
}

/** The three kinds of error say that the effect did not happen; any other leaves it open. */
function isKnown(error: unknown): boolean {
  return error instanceof RetryableError || error instanceof TerminalError || error instanceof PauseError;
}

function terminal(error: WaybillError): TerminalError {
  return new TerminalError(error.message, { code: error.code, cause: error.cause });
}
