import {
  type ConsumerDefinition,
  entityKeyText,
  type EntityState,
  planReplay,
  type Queryable,
  type ReplayedEvent,
} from '@waybill/messaging';
import { TopicRangeReadError } from '@waybill/kafka';
import { problem } from '../http/problem.ts';
import type { ReplaySelection } from './api.ts';
import { offsetsIn } from './replay-checkpoint.ts';
import { ReplayFeed, replayRanges, type ReplaySource } from './replay-feed.ts';
import { weigh } from './replay-weighing.ts';

/** Records up to which a dry run reads them all, and so can say exactly what would be given. */
const readUpTo = 20_000n;

export interface ReplaySize {
  /** `exact`: so many would be given. `at-most`: so many records are in the range, and those handled are passed over. */
  readonly estimate: 'exact' | 'at-most';
  readonly total: number;
  readonly entities: number;
  readonly oldest: number | undefined;
  readonly newest: number | undefined;
  readonly types: { readonly type: string; readonly count: number }[];
}

/**
 * How much a replay would give to its consumer, if it began now.
 * @throws {ProblemError} 503 when the topic cannot be read now.
 */
export async function replaySize(
  source: ReplaySource,
  db: Queryable,
  definition: ConsumerDefinition,
  selection: ReplaySelection,
): Promise<ReplaySize> {
  try {
    const ranges = await replayRanges(source, db, definition, selection);
    const most = offsetsIn(ranges);
    if (most === 0n) return { estimate: 'exact', ...sizeOf([]) };
    if (most > readUpTo) {
      const total = Number(most);
      return { estimate: 'at-most', total, entities: total, oldest: undefined, newest: undefined, types: [] };
    }
    const feed = new ReplayFeed(source, definition, selection, ranges);
    try {
      return { estimate: 'exact', ...sizeOf(await unhandled(db, definition, selection, feed)) };
    } finally {
      await feed.close();
    }
  } catch (error) {
    if (!(error instanceof TopicRangeReadError)) throw error;
    throw problem(503, {
      code: 'ops.topic-unreadable',
      detail: `${selection.topic} cannot be read now. Try again once the brokers answer.`,
      cause: error,
    });
  }
}

/** As much of an event as counting needs; its bytes are let go. */
interface Counted extends ReplayedEvent {
  readonly type: string;
  readonly timestamp: number;
}

async function unhandled(
  db: Queryable,
  definition: ConsumerDefinition,
  selection: ReplaySelection,
  feed: ReplayFeed,
): Promise<readonly Counted[]> {
  const counted: Counted[] = [];
  const known = new Map<string, EntityState>();
  while (!feed.isOver) {
    await feed.fill();
    const candidates = feed.ready.flatMap(({ candidate }) => (candidate === undefined ? [] : [candidate]));
    const { events, entities } = await weigh(db, definition, selection, candidates);
    for (const [text, state] of entities) known.set(text, state);
    for (const { envelope, record, isTakenBack: _, ...event } of events)
      counted.push({ ...event, type: envelope.type, timestamp: record.timestamp });
    feed.dropBefore([]);
  }
  return planReplay(definition, known, counted).deliver;
}

function sizeOf(events: readonly Counted[]): Omit<ReplaySize, 'estimate'> {
  const times = events.map(({ timestamp }) => timestamp).toSorted((a, b) => a - b);
  const byType = [...Map.groupBy(events, ({ type }) => type)].map(([type, { length }]) => ({ type, count: length }));
  return {
    total: events.length,
    entities: new Set(events.map(({ key }) => entityKeyText(key))).size,
    oldest: times[0],
    newest: times.at(-1),
    types: byType.toSorted((a, b) => b.count - a.count),
  };
}
