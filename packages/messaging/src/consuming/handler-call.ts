import type { Event } from '@waybill/contracts';
import type { Queryable } from '../database.ts';
import { RetryableError, WaybillError } from '../errors.ts';
import type { ExternalEffect, HandlerContext, HandlerEntry } from './consumer.ts';
import type { ConsumerContext } from './consumer-context.ts';
import type { InboxTransaction } from './inbox-store.ts';
import { type HandlerCall, inSpan, inSpans, isLeftOut, type ProcessSpans, untraced } from './process-span.ts';
import type { StatementTurn } from './statement-turns.ts';

/** What of a consumer a call of its handler needs. */
export type CallingContext = Pick<ConsumerContext, 'definition' | 'clock' | 'log' | 'stopping' | 'publish'>;

/** The transaction that a handler works in, and its spans. */
export interface HandlerPlace {
  readonly tx: Pick<InboxTransaction, 'db'>;
  readonly spans: ProcessSpans;
  /** Among calls that run ahead of each other. */
  readonly turn?: StatementTurn;
}

/** What a handler's transaction threw at it, so that the database's trouble is told from the handler's own. */
const databaseErrors = new WeakSet<object>();

/** How long a handler or a call had worked when it threw something, in milliseconds. */
const workBeforeError = new WeakMap<object, number>();

/** Milliseconds that were spent on an attempt that ended with an error; undefined when that was not a handler's, or a call's. */
export function workBefore(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  return workBeforeError.get(error) ?? (error instanceof Error ? workBefore(error.cause) : undefined);
}

/**
 * Whether a handler failed because of its transaction, which the same work may survive when it is run again. A handler's
 * own connection may be refused with the same code; that is a failure of the handler.
 */
export function isDatabaseTrouble(c: ConsumerContext, error: unknown): boolean {
  return typeof error === 'object' && error !== null && databaseErrors.has(error) && c.store.isTransient(error);
}

type Handle = (event: Event<never>, handlerContext: HandlerContext) => Promise<void> | void;

/**
 * Runs a handler inside the transaction, under a process span that continues the trace of whoever published the event.
 * A handler that outstays its time fails, and what it still tries to write is refused.
 *
 * @returns the milliseconds that it took.
 */
export async function callHandler(
  c: CallingContext,
  call: HandlerCall,
  place: HandlerPlace,
  handle: Handle,
): Promise<number> {
  const transaction = revocable(place, isLeftOut(call.event, c.definition) ? 'untraced' : 'traced');
  const startedAt = c.clock.monotonic();
  try {
    const span = await inSpan(c.definition, call, 'process', () =>
      withinTime(c, c.definition.handlerTimeoutMs, (time) =>
        handle(call.event, {
          tx: transaction.db,
          publish: async (contract, event) => c.publish(transaction.db, contract, event),
          get log() {
            return eventLog(c, call);
          },
          get signal() {
            return time.signal();
          },
          attempt: call.attempt,
        }),
      ),
    );
    place.spans.done(span);
    return c.clock.monotonic() - startedAt;
  } finally {
    transaction.revoke();
  }
}

/** An event among those that a batch handler is called for, and where in the log its delivery lay. */
export type BatchedEvent = Pick<HandlerCall, 'event' | 'origin'>;

/**
 * Runs a batch handler inside the transaction, under a process span for each of its events.
 *
 * @returns the milliseconds that it took.
 */
export async function callBatch(
  c: ConsumerContext,
  entry: HandlerEntry,
  batch: readonly BatchedEvent[],
  place: HandlerPlace,
): Promise<number> {
  const { contract, handleAll } = entry;
  if (handleAll === undefined) throw new Error(`${contract.name} has no batch handler`);
  const transaction = revocable(place, 'traced');
  const startedAt = c.clock.monotonic();
  const calls = batch.map(({ event, origin }) => ({ contract, event, attempt: 1, origin }));
  try {
    const spans = await inSpans(c.definition, calls, (within) =>
      withinTime(c, c.definition.handlerTimeoutMs, (time) =>
        handleAll(
          batch.map(({ event }) => event),
          {
            tx: transaction.db,
            publish: async (cause, published, event) =>
              within(cause, async () => c.publish(transaction.db, published, event)),
            get log() {
              return c.log.child({ consumer: c.definition.name, event_type: contract.name, events: batch.length });
            },
            get signal() {
              return time.signal();
            },
            attempt: 1,
          },
        ),
      ),
    );
    for (const span of spans) place.spans.done(span);
    return c.clock.monotonic() - startedAt;
  } finally {
    transaction.revoke();
  }
}

/** Runs an external call, outside any transaction. Answers its outcome. */
export async function callOutside(
  c: ConsumerContext,
  call: HandlerCall,
  effect: ExternalEffect<never, unknown>,
): Promise<unknown> {
  let outcome: unknown;
  const span = await inSpan(c.definition, call, 'call', async () => {
    await withinTime(c, effect.timeoutMs ?? DEFAULT_CALL_MS, async (time) => {
      outcome = await effect.call(call.event, {
        idempotencyKey: call.event.id,
        log: eventLog(c, call),
        signal: time.signal(),
        attempt: call.attempt,
        db: c.store.db,
      });
    });
  });
  span?.end();
  return outcome;
}

export const DEFAULT_CALL_MS = 30_000;

/** The time of a handler or a call was up; whether it did its work is not known. */
export class HandlerTimeoutError extends WaybillError {
  constructor(limitMs: number) {
    super('handler.timeout', `The handler took longer than ${limitMs} ms. Raise handlerTimeoutMs, or make it faster.`);
  }
}

function eventLog(c: Pick<ConsumerContext, 'definition' | 'log'>, call: HandlerCall) {
  return c.log.child({ consumer: c.definition.name, event_id: call.event.id, event_type: call.event.type });
}

/** The time that a handler or a call has. */
interface TimeLimit {
  /** Aborts when the time is up or the consumer stops; made when it is asked for, since hardly anybody does. */
  signal(): AbortSignal;
}

async function withinTime(
  c: Pick<ConsumerContext, 'clock' | 'stopping'>,
  limitMs: number,
  work: (time: TimeLimit) => Promise<void> | void,
): Promise<void> {
  const expiry = Promise.withResolvers<never>();
  let timeUp: AbortController | undefined;
  let problem: Error | undefined;
  const end = (error: Error): void => {
    problem ??= error;
    timeUp?.abort(problem);
  };
  const onStop = () => end(new RetryableError('The consumer is stopping.'));
  const signal = (): AbortSignal => {
    if (timeUp !== undefined) return timeUp.signal;
    timeUp = new AbortController();
    c.stopping.addEventListener('abort', onStop, { once: true });
    if (c.stopping.aborted) onStop();
    else if (problem !== undefined) timeUp.abort(problem);
    return timeUp.signal;
  };
  const inTime = c.clock.after(limitMs, () => {
    const error = new HandlerTimeoutError(limitMs);
    end(error);
    expiry.reject(error);
  });
  const startedAt = c.clock.monotonic();
  try {
    await Promise.race([work({ signal }), expiry.promise]);
  } catch (error) {
    if (typeof error === 'object' && error !== null) workBeforeError.set(error, c.clock.monotonic() - startedAt);
    throw error;
  } finally {
    inTime();
    if (timeUp !== undefined) c.stopping.removeEventListener('abort', onStop);
  }
}

/** The transaction as a handler sees it; after its call ended, a handler that goes on writes nothing. */
function revocable(
  { tx, turn }: HandlerPlace,
  traced: 'traced' | 'untraced',
): { readonly db: Queryable; revoke(): void } {
  let revoked = false;
  return {
    db: {
      async query(sql, params) {
        if (revoked)
          throw new WaybillError(
            'handler.transaction-over',
            'The handler has ended, so its tx is over. Await all of its work before it returns.',
          );
        turn?.take();
        try {
          return await (traced === 'traced' ? tx.db.query(sql, params) : untraced(() => tx.db.query(sql, params)));
        } catch (error) {
          if (typeof error === 'object' && error !== null) databaseErrors.add(error);
          throw error;
        }
      },
    },
    revoke() {
      revoked = true;
    },
  };
}
