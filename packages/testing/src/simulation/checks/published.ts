import type { EventId } from '@waybill/contracts';
import type { LogRecord } from '@waybill/messaging';
import { factDataOf } from '../world/domain.ts';
import type { World } from '../world/world.ts';

/** An event as the log holds it. */
export interface PublishedEvent {
  readonly id: EventId;
  readonly type: string;
  readonly entity: string;
  readonly version: number;
  readonly n: number;
  readonly delta: number;
  readonly cause: string | undefined;
  readonly partition: number;
  readonly offset: bigint;
}

const EVENTS = { 'orders.order': 'orders', 'orders.customer': 'orders', 'shop.reply': 'shop' } as const;
export type EventTopic = keyof typeof EVENTS;

/** A topic's events in offset order for each partition, repeated ones included, and without what is no event. */
export function publishedEvents(world: World, topic: EventTopic): readonly PublishedEvent[] {
  return world.log.records(topic).flatMap((record) => eventOf(record));
}

function eventOf({ headers, value, partition, offset }: LogRecord): readonly PublishedEvent[] {
  if (headers['ce_id'] === undefined || value === null) return [];
  const data = factDataOf(value);
  return [
    {
      id: headers['ce_id'] as EventId,
      type: headers['ce_type'] ?? '',
      entity: headers['ce_subject'] ?? '',
      version: Number(headers['ce_aggregateversion']),
      n: data.n,
      delta: data.delta ?? 0,
      cause: data.cause,
      partition,
      offset,
    },
  ];
}

/** Each event once, where it came first. */
export function firstArrivals(events: readonly PublishedEvent[]): readonly PublishedEvent[] {
  const seen = new Set<string>();
  return events.filter(({ id }) => !seen.has(id) && seen.add(id));
}
