import type { Evidence } from './evidence.ts';
import { hasEnded } from './checks/unended.ts';
import { allEffects, firstOccurrences } from './lookup.ts';

/** How long events took from being published to having their effect, in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

export interface Figures {
  /** Orders that the API accepted. */
  readonly orders: number;
  readonly fulfilled: number;
  readonly cancelled: number;
  /** Accepted and neither fulfilled nor cancelled. */
  readonly pending: number;
  readonly parked: number;
  /** Different events in the topics; renditions of one fact count once, snapshots do not count. */
  readonly published: number;
  readonly deliveries: number;
  readonly duplicateDeliveries: number;
  readonly outOfOrderDeliveries: number;
  readonly reconciledFromSnapshot: number;
  readonly timeToVisibilityMs: Percentiles;
}

/** The figures of a report. They count what there is; whether it should be so is the checks' matter. */
export function figuresOf(evidence: Evidence): Figures {
  const { accepted, domain, figures } = evidence;
  const tables = [...evidence.services.values()];
  const status = new Map(domain.orders.map((order) => [order.orderId, order.status]));
  const withStatus = (wanted: (status: string | undefined) => boolean) =>
    accepted.filter(({ orderId }) => wanted(status.get(orderId))).length;
  return {
    orders: accepted.length,
    fulfilled: withStatus((is) => is === 'FULFILLED'),
    cancelled: withStatus((is) => is === 'CANCELLED'),
    pending: withStatus((is) => !hasEnded(is)),
    parked: tables.reduce((sum, { parked }) => sum + parked.length, 0),
    published: new Set(firstOccurrences(evidence.records).map(({ id }) => id)).size,
    ...figures,
    reconciledFromSnapshot: tables
      .flatMap(({ entities }) => entities)
      .reduce((sum, { reconciled }) => sum + reconciled, 0),
    timeToVisibilityMs: timeToVisibility(evidence),
  };
}

function timeToVisibility(evidence: Evidence): Percentiles {
  const publishedAt = new Map(evidence.records.map(({ id, time }) => [id, time.getTime()]));
  const waits = allEffects(evidence).flatMap(({ eventId, at }) => {
    const published = publishedAt.get(eventId);
    return published === undefined ? [] : [Math.max(0, at.getTime() - published)];
  });
  const sorted = waits.sort((a, b) => a - b);
  return { p50: percentile(sorted, 0.5), p99: percentile(sorted, 0.99) };
}

/** The nearest-rank percentile of numbers in rising order; 0 of none. */
export function percentile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)] ?? 0;
}
