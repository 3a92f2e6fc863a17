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
  const consumers = Map.groupBy(
    event.deliveries.filter((step) => step.kind !== 'skipped' || step.parkedAt !== undefined),
    (step) => `${step.service}/${step.consumer ?? ''}`,
  );
  return [...consumers.values()]
    .flatMap((steps) => rowOf(event, steps, now))
    .sort((a, b) => Date.parse(a.step.at) - Date.parse(b.step.at));
}

function rowOf(event: CauseNode, steps: readonly JourneyStep[], now: number): readonly WaterfallRow[] {
  const ofKind = (kind: JourneyStep['kind']) => steps.find((step) => step.kind === kind);
  // What a person gave up stood in the queue until then.
  const ended = ofKind('handled') ?? ofKind('skipped');
  const parked = ofKind('parked');
  const step = ended ?? parked;
  if (step === undefined) return [];
  const key = `${event.eventId}/${step.service}/${step.consumer ?? ''}`;
  const begin = firstTime(event);
  const came = Math.max(begin, Date.parse(parkedAtOf(step, parked) ?? step.at));
  const end = Math.max(came, ended === undefined ? now : Date.parse(ended.endedAt ?? ended.at));
  const work = Math.min(Math.max(step.workMs ?? 0, 0), end - came);
  const queued = parkedAtOf(step, parked) === undefined ? 'waiting' : 'parked';
  const idle: readonly Span[] = [
    ['waiting', begin, came],
    [queued, came, end - work],
  ];
  const tries = (step.tries ?? parked?.tries ?? []).map(({ at, workMs }): Span => {
    const failed = Math.min(Date.parse(at), end - work);
    return ['working', Math.max(begin, failed - (workMs ?? 0)), failed];
  });
  const segments = joined([...worked(idle, tries), ['working', end - work, end]]);
  return [{ key, event, step, segments, open: ended === undefined, end }];
}

/**
 * When it came into the queue of what is parked; undefined when it never stood there. A redriven event that was handled at its
 * first attempt since stood there as well: its attempts alone do not tell.
 */
function parkedAtOf(step: JourneyStep, parked: JourneyStep | undefined): string | undefined {
  const stood = step.parkedAt ?? parked?.parkedAt ?? parked?.at;
  if (stood !== undefined) return stood;
  return step.arrival === 'parked' || (step.attempts ?? 1) > 1 ? step.at : undefined;
}

type Span = readonly [phase: Phase, from: number, to: number];

/** Idle stretches with the attempts that were made in them. */
function worked(idle: readonly Span[], tries: readonly Span[]): readonly Span[] {
  return tries.reduce<readonly Span[]>(
    (spans, attempt) =>
      spans.flatMap((span): readonly Span[] => {
        const [phase, from, to] = span;
        const [, start, stop] = attempt;
        if (phase === 'working' || stop <= from || start >= to) return [span];
        const [first, last] = [Math.max(from, start), Math.min(to, stop)];
        return [
          [phase, from, first],
          ['working', first, last],
          [phase, last, to],
        ];
      }),
    idle,
  );
}

/** Segments that have a length, neighbours of one phase joined. */
function joined(spans: readonly Span[]): readonly Segment[] {
  const segments: Segment[] = [];
  for (const [phase, from, to] of spans) {
    const last = segments.at(-1);
    if (to <= from) continue;
    if (last?.phase === phase) segments[segments.length - 1] = { phase, from: last.from, to };
    else segments.push({ phase, from, to });
  }
  return segments;
}

/** How long something was in each phase, in milliseconds; those that it was never in are left out. */
export function spentIn(segments: readonly Segment[]): readonly (readonly [phase: Phase, ms: number])[] {
  return (['waiting', 'parked', 'working'] as const).flatMap((phase) => {
    const ms = segments.filter((one) => one.phase === phase).reduce((sum, { from, to }) => sum + to - from, 0);
    return ms === 0 ? [] : [[phase, ms] as const];
  });
}
