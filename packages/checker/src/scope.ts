import type { Evidence } from './evidence.ts';

/**
 * The part of the evidence that belongs to a run which began at `since`: orders placed from then on, and what has no
 * order at all and happened from then on. Earlier runs of the same environment are left to their own verdicts, whose
 * outbox partitions and log segments may be gone by now.
 */
export function sinceStart(evidence: Evidence, since: Date): Evidence {
  const placedBefore = new Set(
    evidence.domain.orders.filter(({ placedAt }) => placedAt < since).map(({ orderId }) => orderId),
  );
  const placed = new Set(
    evidence.domain.orders.filter(({ placedAt }) => placedAt >= since).map(({ orderId }) => orderId),
  );
  const ofRun = (aggregateId: string, at: Date) =>
    placed.has(aggregateId) || (!placedBefore.has(aggregateId) && at >= since);
  const notBefore = <T extends { orderId: string }>(rows: readonly T[]) =>
    rows.filter(({ orderId }) => !placedBefore.has(orderId));
  const records = evidence.records.filter((record) => ofRun(record.aggregateId, record.time));
  const outbox = [...evidence.services.values()].flatMap((tables) => tables.outbox);
  const known = new Set([
    ...placed,
    ...evidence.accepted.map(({ orderId }) => orderId),
    ...records.map((record) => record.aggregateId),
    ...outbox
      .filter(({ aggregateId, createdAt }) => ofRun(aggregateId, createdAt))
      .map(({ aggregateId }) => aggregateId),
  ]);

  return {
    ...evidence,
    records,
    services: new Map(
      [...evidence.services].map(([service, tables]) => [
        service,
        {
          heads: tables.heads.filter(({ aggregateId }) => known.has(aggregateId)),
          outbox: tables.outbox.filter(({ aggregateId, createdAt }) => ofRun(aggregateId, createdAt)),
          effects: tables.effects.filter(({ aggregateId, at }) => ofRun(aggregateId, at)),
          parked: tables.parked.filter(({ aggregateId, parkedAt }) => ofRun(aggregateId, parkedAt)),
          entities: tables.entities.filter(({ aggregateId }) => known.has(aggregateId)),
        },
      ]),
    ),
    domain: {
      orders: notBefore(evidence.domain.orders),
      payments: notBefore(evidence.domain.payments).filter(({ orderId }) => known.has(orderId)),
      reservations: notBefore(evidence.domain.reservations).filter(({ orderId }) => known.has(orderId)),
      shipments: notBefore(evidence.domain.shipments).filter(({ orderId }) => known.has(orderId)),
      projections: new Map(
        [...evidence.domain.projections].map(([consumer, rows]) => [
          consumer,
          rows.filter(({ aggregateId }) => known.has(aggregateId)),
        ]),
      ),
    },
    provider: notBefore(evidence.provider).filter(({ orderId }) => known.has(orderId)),
  };
}
