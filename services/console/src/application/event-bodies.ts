import type { EventBodies, OffsetRange, ShownBody, TopicRangeReader } from '@waybill/service';

/** Where an event lies in the log. */
export interface EventPlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

/** Knows where events lie. */
export type PlaceOf = (eventId: string) => Promise<EventPlace | undefined>;

/** An event's body as it lies in its topic, or why it cannot be had. */
export type FoundBody =
  | { readonly found: 'yes'; readonly place: EventPlace; readonly type: string; readonly body: ShownBody }
  | {
      /**
       * - `unknown`: nobody knows where the event lies.
       * - `dropped`: its topic has kept it long enough.
       * - `replaced`: something else lies there: its topic was made anew.
       * - `too-large`: it is longer than can be shown.
       * - `busy`: as many are being fetched as may be at a time.
       * - `late`, `unreachable`: the broker took too long, or cannot be asked.
       */
      readonly found: 'unknown' | 'dropped' | 'replaced' | 'too-large' | 'busy' | 'late' | 'unreachable';
      readonly place?: EventPlace;
    };

/** Fetches bodies. Never rejects for what the log holds or does not. */
export type BodyOf = (eventId: string) => Promise<FoundBody>;

export interface EventBodiesOptions {
  readonly placeOf: PlaceOf;
  readonly topics: TopicRangeReader;
  readonly bodies: Pick<EventBodies, 'show'>;
  /** Told of what went wrong at the broker; never of what an event holds. */
  readonly failed: (error: unknown) => void;
  readonly withinMs?: number;
}

/** Each costs the broker a group for a moment. */
const mostAtOnce = 4;
const usuallyWithinMs = 12_000;
const maxBytes = 1024 * 1024;

/**
 * Bodies of events from their topics, one record each, with what their contracts mark as personal masked. The record must be
 * the event that was asked for: what lies at its place may be another one by now.
 */
export function eventBodies(options: EventBodiesOptions): BodyOf {
  const { placeOf, topics, bodies, failed, withinMs = usuallyWithinMs } = options;
  let underWay = 0;

  async function fetch(eventId: string, place: EventPlace): Promise<FoundBody> {
    const held = heldAt(await topics.rangesOf(place.topic), place);
    if (held !== 'there') return { found: held, place };
    const range = { partition: place.partition, from: place.offset, to: place.offset + 1n };
    for await (const { headers, value } of topics.read(place.topic, [range])) {
      if (headers['ce_id']?.toLowerCase() !== eventId.toLowerCase()) return { found: 'replaced', place };
      if ((value?.byteLength ?? 0) > maxBytes) return { found: 'too-large', place };
      const type = headers['ce_type'] ?? '';
      return { found: 'yes', place, type, body: await bodies.show(value, type, 'masked') };
    }
    return { found: 'dropped', place };
  }

  return async (eventId) => {
    const place = await placeOf(eventId);
    if (place === undefined) return { found: 'unknown' };
    if (underWay >= mostAtOnce) return { found: 'busy', place };
    underWay += 1;
    // Counted until it really ends, also when nobody waits for it any more.
    const work = fetch(eventId, place)
      .catch((error: unknown): FoundBody => {
        failed(error);
        return { found: 'unreachable', place };
      })
      .finally(() => (underWay -= 1));
    const { promise: late, resolve } = Promise.withResolvers<FoundBody>();
    const timer = setTimeout(resolve, withinMs, { found: 'late', place });
    try {
      return await Promise.race([work, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/** Whether a place is within what a topic holds now. */
export function heldAt(ranges: readonly OffsetRange[], place: EventPlace): 'there' | 'dropped' | 'replaced' {
  const range = ranges.find(({ partition }) => partition === place.partition);
  if (range === undefined || place.offset >= range.to) return 'replaced';
  return place.offset < range.from ? 'dropped' : 'there';
}
