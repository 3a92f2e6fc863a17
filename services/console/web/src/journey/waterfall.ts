import { firstTime, type CauseNode, type JourneyStep } from './causes.ts';

export type Phase = 'waiting' | 'parked' | 'working';

/** A stretch of time in one phase; both ends in milliseconds since 1970. */
export interface Segment {
  readonly phase: Phase;
  readonly from: number;
  readonly to: number;
}

/** What became of one event at one consumer. */
export interface WaterfallRow {
  readonly key: string;
  readonly event: CauseNode;
  readonly step: JourneyStep;
  readonly segments: readonly Segment[];
  /** Whether it has not ended yet: it is parked. */
  readonly open: boolean;
  readonly end: number;
}

export interface Waterfall {
  readonly start: number;
  readonly end: number;
  readonly rows: readonly WaterfallRow[];
  /** Deliveries that had no effect, with their reason. */
  readonly skipped: readonly { readonly event: CauseNode; readonly step: JourneyStep }[];
}

/**
 * What happened on one time axis: for each event and consumer how long it waited, was parked and was worked on.
 *
 * @param now Where what has not ended ends for now, in milliseconds since 1970.
 */
export function waterfallOf(nodes: readonly CauseNode[], now: number): Waterfall {
  const rows = nodes.flatMap((event) => rowsOf(event, now));
  const skipped = nodes.flatMap((event) =>
    event.deliveries.filter((step) => step.kind === 'skipped').map((step) => ({ event, step })),
  );
  const times = [
    ...nodes.map(firstTime),
    ...rows.map((row) => row.end),
    ...skipped.map(({ step }) => Date.parse(step.at)),
  ];
  const start = times.length === 0 ? now : Math.min(...times);
  return { start, end: Math.max(start + 1, ...times), rows, skipped };
}

function rowsOf(event: CauseNode, now: number): readonly WaterfallRow[] {
  const consumers = new Map<string, JourneyStep[]>();
  for (const step of event.deliveries.filter(({ kind }) => kind !== 'skipped')) {
    const key = `${step.service}/${step.consumer ?? ''}`;
    consumers.set(key, [...(consumers.get(key) ?? []), step]);
  }
  return [...consumers.values()]
    .flatMap((steps) => rowOf(event, steps, now))
    .sort((a, b) => Date.parse(a.step.at) - Date.parse(b.step.at));
}

function rowOf(event: CauseNode, steps: readonly JourneyStep[], now: number): readonly WaterfallRow[] {
  const handled = steps.find(({ kind }) => kind === 'handled');
  const parked = steps.find(({ kind }) => kind === 'parked');
  const step = handled ?? parked;
  if (step === undefined) return [];
  const begin = firstTime(event);
  const received = Math.max(begin, Date.parse((parked ?? step).at));
  const key = `${event.eventId}/${step.service}/${step.consumer ?? ''}`;
  if (handled === undefined) {
    const end = Math.max(received, now);
    const segments = spans([
      ['waiting', begin, received],
      ['parked', received, end],
    ]);
    return [{ key, event, step, segments, open: true, end }];
  }
  const end = Math.max(received, Date.parse(handled.endedAt ?? handled.at));
  const work = Math.min(Math.max(handled.workMs ?? 0, 0), end - received);
  const wasParked = parked !== undefined || (handled.attempts ?? 1) > 1;
  const segments = spans([
    ['waiting', begin, received],
    [wasParked ? 'parked' : 'waiting', received, end - work],
    ['working', end - work, end],
  ]);
  return [{ key, event, step, segments, open: false, end }];
}

/** Segments that have a length, neighbours of one phase joined. */
function spans(parts: readonly (readonly [Phase, number, number])[]): readonly Segment[] {
  const joined: Segment[] = [];
  for (const [phase, from, to] of parts) {
    const last = joined.at(-1);
    if (to <= from) continue;
    if (last?.phase === phase) joined[joined.length - 1] = { phase, from: last.from, to };
    else joined.push({ phase, from, to });
  }
  return joined;
}
