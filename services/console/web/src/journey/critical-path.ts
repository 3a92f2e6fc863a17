import { firstTime, type CauseNode } from './causes.ts';
import type { Phase, Segment, Waterfall, WaterfallRow } from './waterfall.ts';

/** A stretch of the critical path, and the row that it lies in; no row when nothing is known of that time. */
export interface PathPiece extends Segment {
  readonly row: string | undefined;
}

/** What the whole journey took its time for, from its first event to its last end. */
export interface CriticalPath {
  /** Without gaps, in order of time. */
  readonly pieces: readonly PathPiece[];
  readonly totals: Readonly<Record<Phase, number>>;
  /** Milliseconds; the sum of the three totals. */
  readonly total: number;
}

/**
 * The chain of events that decided when the journey ended: from the row that ended last back through what caused its
 * event. Shortening anything else would not have ended it sooner.
 */
export function criticalPath(waterfall: Waterfall, nodes: readonly CauseNode[]): CriticalPath {
  const byId = new Map(nodes.map((node) => [node.eventId, node]));
  const last = latest(waterfall.rows);
  const pieces = last === undefined ? [] : back(last, waterfall.rows, byId);
  const totals = { waiting: 0, parked: 0, working: 0 };
  for (const piece of pieces) totals[piece.phase] += piece.to - piece.from;
  return { pieces, totals, total: totals.waiting + totals.parked + totals.working };
}

function back(
  last: WaterfallRow,
  rows: readonly WaterfallRow[],
  byId: ReadonlyMap<string, CauseNode>,
): readonly PathPiece[] {
  let pieces: readonly PathPiece[] = last.segments.map((segment) => ({ ...segment, row: last.key }));
  let event = last.event;
  const seen = new Set([event.eventId]);
  for (;;) {
    const cause = event.cause === undefined ? undefined : byId.get(event.cause);
    if (cause === undefined || seen.has(cause.eventId)) return pieces;
    seen.add(cause.eventId);
    pieces = [...before(cause, event, rows), ...pieces];
    event = cause;
  }
}

/** The time from a cause to the event that it caused: through the delivery in whose work the event was published. */
function before(cause: CauseNode, event: CauseNode, rows: readonly WaterfallRow[]): readonly PathPiece[] {
  const from = firstTime(cause);
  const until = Math.max(from, firstTime(event));
  const through = latest(
    rows.filter(
      (row) => row.event.eventId === cause.eventId && row.step.service === event.publisher && begins(row) <= until,
    ),
  );
  const own = (through?.segments ?? [])
    .filter((segment) => segment.from < until)
    .map((segment) => ({ ...segment, to: Math.min(segment.to, until), row: through?.key }));
  const reached = own.at(-1)?.to ?? from;
  return reached < until ? [...own, { phase: 'waiting', from: reached, to: until, row: undefined }] : own;
}

function begins(row: WaterfallRow): number {
  return row.segments[0]?.from ?? row.end;
}

function latest(rows: readonly WaterfallRow[]): WaterfallRow | undefined {
  return rows.reduce<WaterfallRow | undefined>(
    (last, row) => (last === undefined || row.end > last.end ? row : last),
    undefined,
  );
}
