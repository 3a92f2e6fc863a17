import type { AuditEntry } from '@waybill/messaging';
import type {
  ApprovalRow,
  FailureGroupRow,
  JobOutcomes,
  JobRow,
  ParkedRow,
  PauseRow,
  ShownEdit,
  TraceStepRow,
} from '@waybill/postgres';
import type {
  ApprovalView,
  AuditEntryView,
  FailureGroup,
  JobView,
  ParkedSummary,
  PauseView,
  TraceStep,
} from './api.ts';
import { jobPace } from './api.ts';

/** Rows of the database in the form in which the operations API shows them. */

/** Field by field, since a row may carry what a list must not show: the event itself. */
export function parkedView(row: ParkedRow): ParkedSummary {
  const { id, consumer, reason, tenant, aggregateType, aggregateId, version, type, eventId, correlationId } = row;
  const { fingerprint, errorCode, message, attempts, redriven, assignee, holdsEntity, behind } = row;
  return defined({
    ...{ id, consumer, reason, tenant, aggregateType, aggregateId, version, type, eventId, correlationId },
    ...{ fingerprint, errorCode, message, attempts, redriven, assignee, holdsEntity, behind },
    state: stateOf(reason),
    parkedAt: row.parkedAt.toISOString(),
    failedAt: row.failedAt?.toISOString(),
    dueAt: row.dueAt?.toISOString(),
  });
}

/** Of the queue's six reasons, the three states that a person tells apart. */
export function stateOf(reason: ParkedRow['reason']): ParkedSummary['state'] {
  if (reason === 'dead') return 'dead';
  return reason === 'retry' ? 'retrying' : 'waiting';
}

export function failureGroupView(row: FailureGroupRow): FailureGroup {
  return {
    ...row,
    types: [...row.types],
    hours: [...row.hours],
    firstAt: row.firstAt.toISOString(),
    lastAt: row.lastAt.toISOString(),
  };
}

/** An entry of the trail; with what an edit changed, where that is asked for too. */
export function auditView(entry: AuditEntry, diffs: ReadonlyMap<number, ShownEdit> = new Map()): AuditEntryView {
  const diff = diffs.get(editOf(entry) ?? -1);
  return defined({ ...entry, at: entry.at.toISOString(), details: parsed(entry.details), diff });
}

/** The number of the edit that an entry of the trail tells of. */
export function editOf({ action, details }: AuditEntry): number | undefined {
  if (action !== 'parked.edit') return undefined;
  const { edit } = record(parsed(details));
  return typeof edit === 'number' ? edit : undefined;
}

export function pauseView(row: PauseRow): PauseView {
  return { ...row, pausedAt: row.pausedAt.toISOString(), until: row.until.toISOString() };
}

export function jobView(row: JobRow, outcomes: JobOutcomes): JobView {
  const pace = jobPace.parse(row.pace);
  const left = Math.max(0, row.total - row.taken - row.passedOver);
  return defined({
    ...{ id: row.id, kind: row.kind, consumer: row.consumer, pace, reason: row.reason, actor: row.actor },
    ...{ approvedBy: row.approvedBy, state: row.state, note: row.note, total: row.total, taken: row.taken },
    ...{ passedOver: row.passedOver, selection: record(row.selection), ...outcomes },
    createdAt: row.createdAt.toISOString(),
    endedAt: row.endedAt?.toISOString(),
    report: row.report,
    estimatedSeconds: row.state === 'running' ? Math.ceil(left / pace.perSecond) : undefined,
  });
}

/** `request` is shown as it is given: whoever calls this has masked it. */
export function approvalView(row: ApprovalRow, request: Record<string, unknown>): ApprovalView {
  return defined({
    ...row,
    request,
    askedAt: row.askedAt.toISOString(),
    until: row.until.toISOString(),
    decidedAt: row.decidedAt?.toISOString(),
  });
}

export function traceView(row: TraceStepRow): TraceStep {
  const tries = row.tries.map(({ at, workMs }) => defined({ at: at.toISOString(), workMs }));
  return defined({
    ...row,
    at: row.at.toISOString(),
    endedAt: row.endedAt?.toISOString(),
    parkedAt: row.parkedAt?.toISOString(),
    tries: tries.length === 0 ? undefined : tries,
  });
}

/** Without the fields that are undefined: JSON has none. */
export function defined<T extends object>(value: T): { [K in keyof T]: Exclude<T[K], undefined> } & object {
  // What is left out is optional in every shape of the API, so the type holds for what is there.
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>;
  };
}

function parsed(json: string): unknown {
  return JSON.parse(json) as unknown;
}

export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
