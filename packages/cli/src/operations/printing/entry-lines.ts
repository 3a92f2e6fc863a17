import type { ParkedEntry } from '@waybill/service/operations';
import { diffOf } from '../data-diff.ts';
import { auditTable } from './audit-lines.ts';
import { diffLines } from './diff-lines.ts';
import { ago, clock, span } from './duration.ts';
import { markOf, whyParked } from './entry-state.ts';
import { jsonLines, printable, printableParts } from './printable.ts';
import { fieldLines, tableLines } from './table.ts';
import type { View } from './view.ts';

/** One parked entry for people: what is wrong, the event, what happened, its entity's queue, its data, what was done. */
export function entryLines(service: string, entry: ParkedEntry, whole: View): readonly string[] {
  // What is below a heading is moved to the right.
  const view = { ...whole, width: whole.width === undefined ? undefined : whole.width - margin.length };
  return [
    ...headLines(service, entry, view),
    ...section('the event', eventLines(entry, view), view),
    ...section('attempts', attemptLines(entry, view), view),
    ...section('where it was thrown', stackLines(entry), view),
    ...section(`the queue of its entity, of which version ${entry.applied} is applied`, queueLines(entry, view), view),
    ...section('data', dataLines(entry), view),
    ...section('edits', editLines(entry, view), view),
    ...section('what was done with it', historyLines(entry, view), view),
    ...section('what can be done', nextLines(service, entry), view),
  ];
}

const margin = '  ';

function section(heading: string, lines: readonly string[], { colours }: View): readonly string[] {
  return lines.length === 0 ? [] : ['', colours.bold(heading), ...lines.map((line) => `${margin}${line}`)];
}

function headLines(service: string, raw: ParkedEntry, view: View): readonly string[] {
  const entry = printableParts(raw);
  const { id, state, consumer, aggregateId, type, version, behind, parkedAt, assignee, redriven } = entry;
  const waitsFor = entry.waitsFor === undefined ? '' : ` (${entry.waitsFor})`;
  const also = [
    `parked for ${span(view.now.getTime() - Date.parse(parkedAt))}`,
    ...(behind > 0 ? [`${behind} of its entity wait behind it`] : []),
    ...(redriven > 0 ? [`redriven ${redriven} times`] : []),
    ...(assignee === undefined ? [] : [`${assignee} has it`]),
  ];
  return [
    `${view.colours.bold(`${service} ${id}`)} ${markOf(state, view)(state)}: ${consumer} and ${type}, version ${version} of ${aggregateId}`,
    `${whyParked(entry, view.now)}${waitsFor}`,
    view.colours.dim(also.join('; ')),
  ];
}

function eventLines(raw: ParkedEntry, { colours }: View): readonly string[] {
  const entry = printableParts(raw);
  const { topic, partition, offset, call } = entry;
  const place = partition === undefined ? topic : `${topic}, partition ${partition}, offset ${offset ?? 'unknown'}`;
  return fieldLines(
    [
      ['event id', entry.eventId],
      ['entity', `${entry.aggregateType} ${entry.aggregateId}${entry.tenant === '' ? '' : ` of ${entry.tenant}`}`],
      ['correlation id', entry.correlationId],
      ['caused by', entry.causationId],
      ['trace', entry.traceId],
      ['topic', place],
      ['parked', clock(entry.parkedAt)],
      ['fingerprint', entry.fingerprint],
      ['call outside', call === 'none' ? undefined : call],
    ],
    colours,
  );
}

function attemptLines(entry: ParkedEntry, view: View): readonly string[] {
  if (entry.attemptsMade.length === 0) return [];
  const columns = [{ heading: '', align: 'right' }, { heading: 'when' }, { heading: 'error' }] as const;
  const rows = printableParts(entry.attemptsMade).map(({ attempt, at, errorType, errorCode, message }) => [
    String(attempt),
    ago(at, view.now),
    `${message} ${errorType} [${errorCode}]`,
  ]);
  return tableLines(columns, rows, view);
}

function stackLines({ stack }: ParkedEntry): readonly string[] {
  return stack === undefined ? [] : stack.split('\n').map(printable);
}

function queueLines(entry: ParkedEntry, view: View): readonly string[] {
  if (entry.queue.length === 0) return [];
  const columns = [
    { heading: 'id', align: 'right' },
    { heading: 'version', align: 'right' },
    { heading: 'state' },
    { heading: 'type' },
    { heading: 'why' },
  ] as const;
  const rows = printableParts(entry.queue).map((each) => [
    each.id,
    String(each.version),
    { text: each.state, mark: markOf(each.state, view) },
    each.id === entry.id ? `${each.type} (this)` : each.type,
    whyParked(each, view.now),
  ]);
  return tableLines(columns, rows, view);
}

function dataLines({ data, masked, unreadable }: ParkedEntry): readonly string[] {
  if (data === undefined) return [`cannot be shown: ${printable(unreadable ?? 'the service does not say why')}`];
  const hidden = masked.length === 0 ? [] : [`masked: ${masked.map(printable).join(', ')}`];
  return [...jsonLines(data), ...hidden];
}

function editLines({ edits }: ParkedEntry, view: View): readonly string[] {
  return edits.flatMap(({ at, actor, before, after }) => [
    `${ago(at, view.now)} by ${printable(actor)}`,
    ...diffLines(diffOf(before, after), view.colours),
  ]);
}

function historyLines({ history }: ParkedEntry, view: View): readonly string[] {
  return history.length === 0 ? [] : auditTable(history, view);
}

/** The commands that fit its state. */
function nextLines(
  service: string,
  { id, state, errorCode, correlationId, aggregateId }: ParkedEntry,
): readonly string[] {
  const on = `${service} ${id}`;
  return [
    ...(state === 'waiting' ? [] : [`./waybill parked redrive ${on}`, `./waybill parked edit ${on}`]),
    ...(state === 'dead' ? [`./waybill parked skip ${on} --reason …`] : []),
    ...(errorCode === 'event.predecessor-missing' ? [`./waybill parked pass-gap ${on} --reason …`] : []),
    `./waybill journey ${printable(correlationId ?? aggregateId)}`,
  ];
}
