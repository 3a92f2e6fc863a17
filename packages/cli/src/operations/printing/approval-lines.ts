import type { ApprovalView } from '@waybill/service/operations';
import { diffOf } from '../data-diff.ts';
import type { Colours } from './colours.ts';
import { diffLines } from './diff-lines.ts';
import { ago, ahead } from './duration.ts';
import { jsonLines, printableParts } from './printable.ts';
import type { View } from './view.ts';

/** Something that was asked for, and the service that would do it. */
export type ApprovalRow = ApprovalView & { readonly service: string };

/** What was asked of several services, the longest waiting first. */
export function mergedApprovals(rows: readonly ApprovalRow[]): readonly ApprovalRow[] {
  return rows.toSorted((a, b) => Date.parse(a.askedAt) - Date.parse(b.askedAt));
}

/** What waits for somebody's agreement, for people. */
export function approvalsLines(rows: readonly ApprovalRow[], view: View): readonly string[] {
  if (rows.length === 0) return ['Nothing waits for agreement.'];
  return rows.flatMap((row, index) => [...(index === 0 ? [] : ['']), ...approvalLines(row, view)]);
}

/** One of them, with all that was asked for. */
export function approvalLines(row: ApprovalRow, { colours, now }: View): readonly string[] {
  const { service, id, operation, target, actor, reason, askedAt, until, state } = printableParts(row);
  return [
    `${colours.bold(`${operation} of ${target}`)} (${service}), asked for by ${actor} ${ago(askedAt, now)}: ${reason}`,
    ...requestLines(row.request, colours).map((line) => `  ${line}`),
    colours.dim(state === 'waiting' ? `  ${id}, lapses ${ahead(until, now)}` : `  ${id}, ${state}`),
  ];
}

/** What an edit would change, where both sides are known; else all that was asked for. */
function requestLines(request: ApprovalView['request'], colours: Colours): readonly string[] {
  const { before, data } = request;
  return before === undefined || data === undefined ? jsonLines(request) : diffLines(diffOf(before, data), colours);
}
