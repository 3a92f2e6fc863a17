import type { Evidence, TopicRecord } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { aggregateKey, firstOccurrences, isEvent, versionKey } from '../lookup.ts';
import { subscriptions, type Subscription } from '../subscriptions.ts';

/** I1: each accepted order has its row. */
export function orderWithoutRow({ accepted, domain }: Evidence): readonly Finding[] {
  const rows = new Set(domain.orders.map(({ orderId }) => orderId));
  return accepted
    .filter(({ orderId }) => !rows.has(orderId))
    .map(({ orderId, line }) => ({
      promise: 'I1',
      code: 'lost.order-without-row',
      message: `The order of line ${line} was accepted, but orders has no row for it.`,
      ids: [orderId],
    }));
}

/** I1: each committed event is in its topic. Heads say how many there must be, the outbox which renditions. */
export function eventWithoutRecord({ services, records }: Evidence): readonly Finding[] {
  const events = records.filter(isEvent);
  const versions = new Set(events.map(versionKey));
  const renditions = new Set(events.map(({ id, type }) => `${id} ${type}`));
  const findings: Finding[] = [];
  for (const [service, { heads, outbox }] of services) {
    for (const head of heads) {
      for (let version = 1; version <= head.version; version += 1) {
        if (versions.has(versionKey({ ...head, version }))) continue;
        findings.push({
          promise: 'I1',
          code: 'lost.version-without-record',
          message: `${service} committed version ${version} of ${head.aggregateType} ${head.aggregateId}; it is in no topic.`,
          ids: [head.aggregateId],
        });
      }
    }
    for (const row of outbox) {
      if (row.kind !== 'event' || renditions.has(`${row.id} ${row.type}`)) continue;
      findings.push({
        promise: 'I1',
        code: 'lost.event-without-record',
        message: `${service} committed ${row.type} ${row.id}; it is not in ${row.topic}.`,
        ids: [row.id],
      });
    }
  }
  return findings;
}

/**
 * I1: each event in a topic has its effect with everyone who subscribes to it, or is parked there. With a projection,
 * a version applied at or above the event's stands in for the effect: that its state is right is I5's matter.
 */
export function eventWithoutEffect(evidence: Evidence): readonly Finding[] {
  const events = firstOccurrences(evidence.records);
  return subscriptions.flatMap((subscription) => missingEffects(subscription, evidence, events));
}

function missingEffects(
  { consumer, service, kind, types }: Subscription,
  { services }: Evidence,
  events: readonly TopicRecord[],
): readonly Finding[] {
  const tables = services.get(service);
  const own = <T extends { consumer: string }>(rows: readonly T[] = []) =>
    rows.filter((row) => row.consumer === consumer);
  const handled = new Set(own(tables?.effects).map(({ eventId }) => eventId));
  const parked = new Set(own(tables?.parked).map(({ eventId }) => eventId));
  const applied = new Map(own(tables?.entities).map((entity) => [aggregateKey(entity), entity.applied]));
  const covered = (event: TopicRecord) =>
    kind === 'projection' && (applied.get(aggregateKey(event)) ?? 0) >= event.version;
  return events
    .filter(({ type }) => types.includes(type))
    .filter((event) => !handled.has(event.id) && !parked.has(event.id) && !covered(event))
    .map((event) => ({
      promise: 'I1',
      code: 'lost.event-without-effect',
      message: `${event.type} ${event.id} (${event.aggregateId}, version ${event.version}) had no effect in ${consumer} and is not parked there.`,
      ids: [event.id],
    }));
}
