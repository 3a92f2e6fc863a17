import type { AnyContract, Envelope, Event } from '@waybill/contracts';
import type { LogRecord } from '../log.ts';
import { isNews } from '../operating/facts.ts';
import type { ConsumerDefinition } from './consumer.ts';
import type { ConsumerContext } from './consumer-context.ts';
import { workBefore } from './handler-call.ts';
import type { EventToPark, InboxTransaction, ParkedEvent, ParkedReason, RecordOrigin } from './inbox-store.ts';
import { personalValues } from './personal-values.ts';
import { inContextOf } from './process-span.ts';
import { type FailureRecord, type FailureVerdict, failureRecord, judgeFailure } from './retry.ts';
import { tellFailed } from './telling.ts';

/** The reasons for which an event waits without having failed. */
export type WaitingReason = Exclude<ParkedReason, 'retry' | 'dead'>;

/** An event that waits: for a predecessor, for those before it, for another entity, or for its call to be made. */
export function waiting(
  definition: ConsumerDefinition,
  record: LogRecord,
  envelope: Envelope,
  reason: WaitingReason,
  waitsFor?: EventToPark['waitsFor'],
): EventToPark {
  const dueInMs = {
    gap: definition.gapPatienceMs,
    dependency: definition.gapPatienceMs,
    external: 0,
    behind: undefined,
  };
  return {
    ...untried(record, envelope),
    reason,
    dueInMs: dueInMs[reason],
    waitsFor,
    holdsEntity: definition.ordering.by === 'entity',
  };
}

/** An event whose handler failed for the first time, with what was decided about it. */
export function failed(
  c: ConsumerContext,
  record: LogRecord,
  event: Event<never>,
  contract: AnyContract,
  error: unknown,
): { readonly parked: EventToPark; readonly verdict: FailureVerdict } {
  const verdict = judgeFailure(error, 1, c.definition.retry, c.clock.random());
  const failure = noteFailure(c, event, contract, error, verdict);
  const parked: EventToPark = {
    ...untried(record, event),
    reason: verdict.verdict === 'dead' ? 'dead' : 'retry',
    dueInMs: delayOf(verdict),
    attempts: verdict.verdict === 'pause' ? 0 : 1,
    failure,
    holdsEntity: c.definition.ordering.by === 'entity' && contract.kind === 'event',
  };
  return { parked, verdict };
}

/** Notes a failed attempt at a parked event, and when it is tried again. */
export async function keepFailed(
  c: ConsumerContext,
  tx: InboxTransaction,
  parked: ParkedEvent,
  event: Event<never>,
  contract: AnyContract,
  error: unknown,
): Promise<void> {
  const attempt = parked.attempts + 1;
  const verdict = judgeFailure(error, attempt, c.definition.retry, c.clock.random());
  const failure = noteFailure(c, event, contract, error, verdict);
  if (verdict.verdict === 'pause') c.pause(verdict.dependency, verdict.probeAfterMs);
  const attempts = verdict.verdict === 'pause' ? parked.attempts : attempt;
  const isKept = await tx.updateParked(parked.id, {
    reason: verdict.verdict === 'dead' ? 'dead' : 'retry',
    dueInMs: delayOf(verdict) ?? null,
    attempts,
    call: 'none',
    claimMs: 0,
    failure,
  });
  if (!isKept || !isNews(verdict.verdict, attempt, parked)) return;
  await tellFailed(c, tx, { ...parked, attempts }, failure, verdict.verdict === 'dead' ? 'dead' : 'retrying');
}

const UNAFFORDABLE_MS = 1_000;

/** Whether the budget has a retry left for this event; when not, it is looked at again in a second. A first try costs nothing. */
export async function isAffordable(c: ConsumerContext, tx: InboxTransaction, parked: ParkedEvent): Promise<boolean> {
  if (parked.reason !== 'retry' || c.budget.spend(c.clock.now())) return true;
  await tx.updateParked(parked.id, { dueInMs: UNAFFORDABLE_MS });
  return false;
}

/** Counts and logs a failure, and answers it in the form in which it is kept. */
function noteFailure(
  c: ConsumerContext,
  event: Event<never>,
  contract: AnyContract,
  error: unknown,
  verdict: FailureVerdict,
): FailureRecord {
  const workMs = workBefore(error);
  const failure = {
    ...failureRecord(error, personalValues(contract, event.data)),
    ...(workMs === undefined ? {} : { workMs }),
  };
  c.counters.failures += 1;
  inContextOf(event, () =>
    c.log.warn(
      {
        consumer: c.definition.name,
        event_id: event.id,
        event_type: event.type,
        'correlation.id': event.correlationId,
        failure,
        verdict: verdict.verdict,
        retry_after_ms: delayOf(verdict),
      },
      verdict.verdict === 'dead'
        ? 'a handler failed for good; its event is dead'
        : 'a handler failed; its event is parked',
    ),
  );
  return failure;
}

/** Milliseconds until a failed event is tried again; undefined when it never is. */
function delayOf(verdict: FailureVerdict): number | undefined {
  switch (verdict.verdict) {
    case 'retry':
      return verdict.afterMs;
    case 'pause':
      return verdict.probeAfterMs;
    case 'dead':
      return undefined;
  }
}

/** A record that cannot be read; it is dead at once, and holds nobody up. */
export function unreadable(record: LogRecord, envelope: Envelope | undefined, problem: Error): EventToPark {
  return dead(record, envelope, failureRecord(problem, []));
}

export function forked(record: LogRecord, envelope: Envelope): EventToPark {
  return dead(record, envelope, {
    type: 'ForkedVersion',
    code: 'event.forked',
    message: `Version ${envelope.aggregateVersion} of ${envelope.aggregateId} came before under another id: its producer was restored from a backup, or two producers write it. Compare both, then skip or redrive this one.`,
  });
}

export function tooOld(record: LogRecord, envelope: Envelope, horizonMs: number): EventToPark {
  return dead(record, envelope, {
    type: 'TooOld',
    code: 'event.too-old',
    message: `The event is older than the consumer's horizon of ${horizonMs} ms, so it cannot be told whether it was handled. Redrive it if it was not.`,
  });
}

export function originOf(record: LogRecord): RecordOrigin {
  return { topic: record.topic, partition: record.partition, offset: record.offset };
}

function untried(record: LogRecord, envelope: Envelope | undefined) {
  return { envelope, record, origin: originOf(record), attempts: 0, failure: undefined, waitsFor: undefined };
}

function dead(record: LogRecord, envelope: Envelope | undefined, failure: FailureRecord): EventToPark {
  return { ...untried(record, envelope), reason: 'dead', dueInMs: undefined, failure, holdsEntity: false };
}
