import type { Json } from '@waybill/contracts';
import {
  type ConsumerDefinition,
  type ConsumedEvent,
  eventOf,
  passGap,
  redrive,
  type OperationOutcome,
  type Queryable,
  type Refusal,
  skip,
} from '@waybill/messaging';
import {
  assignEntry,
  inboxTransaction,
  keepEdit,
  markRedriven,
  markSkipped,
  type ParkedDetails,
  parkedDetails,
  type ShownEdit,
} from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import type { EventBodies } from './event-body.ts';
import type { Performed } from './performed.ts';

/** Names the operations API among the processes that claim parked entries. */
const claimant = 'operations';

const retired = { kind: 'reaction', from: 'beginning', ordering: { by: 'entity' } } as const;

const refusals: Readonly<Record<Refusal, string>> = {
  gone: 'The entry is not parked any more: it was handled or skipped. Look at its journey.',
  'not-failed': 'The entry did not fail: it waits for others. Look at the head of its entity’s queue.',
  'in-work': 'A process works on the entry at this moment. Wait for the outcome, and look again.',
  'has-predecessors': 'Earlier events of its entity are not done with. Put the head of the queue right first.',
  'no-gap': 'No version is missing before it. Redrive it, or skip it.',
};

/** An entry as it is. @throws {ProblemError} 404 when it is not parked any more. */
export async function entryOf(db: Queryable, id: string): Promise<ParkedDetails> {
  const entry = await parkedDetails(db, id);
  if (entry !== undefined) return entry;
  throw problem(404, { code: 'ops.entry-gone', detail: refusals.gone });
}

export async function redriveEntry(tx: Queryable, id: string, reason: string | undefined): Promise<Performed> {
  const { consumer, ...entry } = await entryOf(tx, id);
  const event = need(consumer, await redrive(inboxTransaction(tx, claimant), consumer, BigInt(id)));
  await markRedriven(tx, [id], undefined);
  return {
    action: 'parked.redrive',
    target: `parked/${id}`,
    reason,
    details: named(consumer, entry),
    result: 'redriven',
    told: [{ what: 'redriven', how: 'AS_IT_WAS', event }],
  };
}

export async function skipEntry(
  tx: Queryable,
  definitions: readonly ConsumerDefinition[],
  id: string,
  reason: string,
): Promise<Performed> {
  const { consumer, ...entry } = await entryOf(tx, id);
  await markSkipped(tx, id);
  // Of a consumer that is no longer there entries may be left; its events came in their order.
  const definition = definitions.find(({ name }) => name === consumer) ?? { ...retired, name: consumer };
  const event = need(consumer, await skip(inboxTransaction(tx, claimant), definition, BigInt(id)));
  return {
    action: 'parked.skip',
    target: `parked/${id}`,
    reason,
    details: named(consumer, entry),
    result: 'skipped',
    told: [{ what: 'skipped', event }],
  };
}

export async function passGapBefore(tx: Queryable, id: string, reason: string): Promise<Performed> {
  const { consumer, ...entry } = await entryOf(tx, id);
  const event = need(consumer, await passGap(inboxTransaction(tx, claimant), consumer, BigInt(id)));
  await markRedriven(tx, [id], undefined);
  const details = { ...named(consumer, entry), from: entry.applied + 1, to: entry.version - 1 };
  return {
    action: 'parked.pass-gap',
    target: `parked/${id}`,
    reason,
    details,
    result: 'gap passed',
    told: [{ what: 'redriven', how: 'GAP_PASSED', event }],
  };
}

/** Changes an event's data and has it tried again. What it was is kept, and what changed can be seen for good, masked. */
export async function editEntry(
  tx: Queryable,
  bodies: EventBodies,
  edit: { readonly id: string; readonly data: Json; readonly reason: string; readonly actor: string },
): Promise<Performed> {
  const { id, data, reason, actor } = edit;
  const entry = await entryOf(tx, id);
  const { consumer, eventId, version, type, value } = entry;
  const edited = await bodies.edit(value, type, data);
  const event = need(consumer, await redrive(inboxTransaction(tx, claimant), consumer, BigInt(id), { value: edited }));
  const shown = await maskedEdit(bodies, type, { original: value, edited });
  const number = await keepEdit(tx, { consumer, eventId, version, original: value, edited, shown, actor });
  await markRedriven(tx, [id], undefined);
  return {
    action: 'parked.edit',
    target: `parked/${id}`,
    reason,
    details: { ...named(consumer, entry), edit: number },
    result: 'edited and redriven',
    told: [{ what: 'redriven', how: 'EDITED', event }],
  };
}

/** What an edit changed, as whoever may not see personal values sees it; a side that cannot be read is left out. */
async function maskedEdit(
  bodies: EventBodies,
  type: string,
  { original, edited }: { readonly original: Uint8Array | null; readonly edited: Uint8Array },
): Promise<ShownEdit> {
  const [before, after] = [await bodies.show(original, type, 'masked'), await bodies.show(edited, type, 'masked')];
  return {
    ...(before.kind === 'readable' ? { before: before.data } : {}),
    ...(after.kind === 'readable' ? { after: after.data } : {}),
  };
}

export async function noteOnEntry(tx: Queryable, id: string, text: string): Promise<Performed> {
  const entry = await entryOf(tx, id);
  return {
    action: 'parked.note',
    target: `parked/${id}`,
    reason: text,
    details: named(entry.consumer, entry),
    result: 'noted',
  };
}

export async function assignTo(tx: Queryable, id: string, assignee: string | null): Promise<Performed> {
  const entry = await entryOf(tx, id);
  await assignEntry(tx, id, assignee);
  const details = { ...named(entry.consumer, entry), assignee };
  return {
    action: 'parked.assign',
    target: `parked/${id}`,
    details,
    result: assignee === null ? 'given back' : 'assigned',
  };
}

/** What tells an entry from others after it is gone. */
function named(consumer: string, { eventId, type, aggregateId, version }: Omit<ParkedDetails, 'consumer'>) {
  return { consumer, eventId, type, aggregateId, version };
}

/** The event that something was done with. @throws {ProblemError} when nothing was. */
function need(consumer: string, outcome: OperationOutcome): ConsumedEvent {
  if (outcome.done === 'yes') return eventOf(consumer, outcome.parked);
  throw problem(outcome.why === 'gone' ? 404 : 409, { code: `ops.${outcome.why}`, detail: refusals[outcome.why] });
}
