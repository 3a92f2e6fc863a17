import type { Event } from '@waybill/contracts';
import { WaybillError } from '../errors.ts';
import type { HandlerEntry, SnapshotEntry } from './consumer.ts';
import type { ConsumerContext } from './consumer-context.ts';
import { callBatch, callHandler, type HandlerPlace, HandlerTimeoutError, isDatabaseTrouble } from './handler-call.ts';
import { runsOf } from './handler-runs.ts';
import type { HandledEvent, RecordOrigin } from './inbox-store.ts';
import { OutOfTurnError, StatementTurns } from './statement-turns.ts';

/** A handler that is to be called for an event of a transaction. */
export interface PlannedCall {
  /** Of its record among those of the segment. */
  readonly index: number;
  readonly entry: HandlerEntry | SnapshotEntry;
  readonly event: Event<never>;
  readonly origin: RecordOrigin;
  readonly entity: string;
  readonly together: object | undefined;
}

/** `in-turn`: each call waits until the one before it is over. */
export type CallPace = 'in-turn';

/** A handler failed inside a transaction, which was rolled back. */
export class HandlerFailedError extends WaybillError {
  /** Of the records that it was called for; one, unless it takes the batch. */
  readonly indexes: readonly number[];
  /** Whether the trouble was its transaction's, so that the event itself is not to blame. */
  readonly isDatabaseTrouble: boolean;

  constructor(c: ConsumerContext, indexes: readonly number[], cause: unknown) {
    super('consumer.handler-failed', 'A handler failed.', { cause });
    this.indexes = indexes;
    this.isDatabaseTrouble = isDatabaseTrouble(c, cause);
  }
}

/** Calls whose answers may be awaited at the same time. */
const AHEAD = 100;

/** What became of the calls for events; `receivedAt` is the caller's to tell. */
export type CalledEvent = Omit<HandledEvent, 'receivedAt'>;

/**
 * Calls the handlers of a transaction, each entity's in their order.
 *
 * @throws {HandlerFailedError} {OutOfTurnError}
 */
export async function makeCalls(
  c: ConsumerContext,
  place: HandlerPlace,
  calls: readonly PlannedCall[],
  pace: CallPace | undefined,
): Promise<readonly CalledEvent[]> {
  const handled: CalledEvent[] = [];
  for (const run of runsOf(calls)) {
    const [first] = run;
    const called =
      first?.together === undefined ? await callEach(c, place, run, pace) : await callTogether(c, place, run);
    handled.push(...called);
  }
  return handled;
}

async function callTogether(
  c: ConsumerContext,
  place: HandlerPlace,
  run: readonly PlannedCall[],
): Promise<readonly CalledEvent[]> {
  const [first] = run;
  if (first === undefined || !('handleAll' in first.entry)) return [];
  try {
    const workMs = await callBatch(c, first.entry, run, place);
    return run.map((call) => called(call, workMs));
  } catch (error) {
    throw new HandlerFailedError(
      c,
      run.map(({ index }) => index),
      error,
    );
  }
}

/** Calls of a run under way, and what became of them. */
interface Row {
  readonly run: readonly PlannedCall[];
  readonly handled: CalledEvent[];
  readonly failures: Failure[];
  readonly turns: StatementTurns;
  readonly made: Promise<void>[];
  /** How many of them are known to be over. */
  over: number;
}

interface Failure {
  readonly call: PlannedCall;
  readonly error: unknown;
  readonly ranAhead: boolean;
}

async function callEach(
  c: ConsumerContext,
  place: HandlerPlace,
  run: readonly PlannedCall[],
  pace: CallPace | undefined,
): Promise<readonly CalledEvent[]> {
  const row: Row = { run, handled: [], failures: [], turns: new StatementTurns(), made: [], over: 0 };
  const ofEntity = new Map<string, Promise<void>>();
  for (const [position, call] of run.entries()) {
    const ranAhead = pace !== 'in-turn' && mayRunAhead(c, call);
    const before = ofEntity.get(call.entity);
    if (!ranAhead) await settled(row);
    else if (before !== undefined) await before;
    // Half of them at once, so that their statements go out together.
    if (ranAhead && position % (AHEAD / 2) === 0) await row.made[position - AHEAD / 2];
    if (row.failures.length > 0) break;
    const made = makeCall(c, place, row, position, ranAhead);
    row.made[position] = made;
    if (ranAhead) ofEntity.set(call.entity, made);
    else await settled(row);
  }
  // Whoever is still under way works in this transaction, which must not end before.
  await settled(row);
  const problem = problemOf(c, row);
  if (problem !== undefined) throw problem;
  return row.handled;
}

function mayRunAhead(c: ConsumerContext, { entry }: PlannedCall): boolean {
  return !('calls' in entry && entry.calls === 'in-turn') && c.paces.mayRunAhead(entry);
}

async function settled(row: Row): Promise<void> {
  const open = row.made.slice(row.over);
  await Promise.all(open);
  row.over += open.length;
}

async function makeCall(
  c: ConsumerContext,
  place: HandlerPlace,
  row: Row,
  position: number,
  ranAhead: boolean,
): Promise<void> {
  const call = row.run[position];
  if (call === undefined) return;
  const { entry, event, origin } = call;
  const turn = row.turns.turn(position);
  try {
    const workMs = await callHandler(
      c,
      { contract: entry.contract, event, attempt: 1, origin },
      { ...place, turn },
      (each, context) => entry.handle(each, context, undefined),
    );
    c.paces.note(entry, turn.statements);
    if (entry.contract.kind === 'event') row.handled.push(called(call, workMs));
  } catch (error) {
    row.failures.push({ call, error, ranAhead });
  }
}

/** What undoes the transaction: the first call's failure, since those after it failed with it or would not have been made. */
function problemOf(c: ConsumerContext, { run, failures, turns }: Row): WaybillError | undefined {
  const [first] = failures.toSorted((a, b) => a.call.index - b.call.index);
  // The time of a call that ran ahead may have gone by while it waited for the statements of others.
  const isOverdue = first !== undefined && first.ranAhead && first.error instanceof HandlerTimeoutError;
  const foundOut = isOverdue ? [first.call] : run.filter((_, position) => turns.brokenBy.has(position));
  for (const { entry } of foundOut) c.paces.foundOut(entry);
  if (foundOut.length > 0) return new OutOfTurnError();
  return first === undefined ? undefined : new HandlerFailedError(c, [first.call.index], first.error);
}

function called({ event, origin }: PlannedCall, workMs: number): CalledEvent {
  return { envelope: event, origin, arrival: 'delivered', workMs, attempts: 1 };
}
