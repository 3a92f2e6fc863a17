import type { EventId } from '@waybill/contracts';
import type { HandledEvent, Queryable, SkippedDelivery } from '@waybill/messaging';
import { plainArray, textArray, millisArray } from '../array-literals.ts';

export async function handledIds(
  tx: Queryable,
  consumer: string,
  ids: readonly EventId[],
): Promise<ReadonlySet<EventId>> {
  if (ids.length === 0) return new Set();
  const { rows } = await tx.query(
    `SELECT event_id FROM waybill.inbox WHERE event_id = ANY ($1::uuid[]) AND consumer = $2`,
    [plainArray(ids), consumer],
  );
  return new Set(rows.map((row) => row['event_id'] as EventId));
}

/**
 * Writes the dedupe rows; an id that is there already violates the primary key. What the events of one topic and type
 * have in common goes to the server once, which is most of what a row holds.
 */
export async function recordHandled(tx: Queryable, consumer: string, handled: readonly HandledEvent[]): Promise<void> {
  const alike = Map.groupBy(
    handled,
    ({ envelope, origin, arrival, receivedAt, attempts }) =>
      `${envelope.type} ${envelope.aggregateType} ${origin?.topic} ${origin?.partition} ${arrival} ${receivedAt.getTime()} ${attempts}`,
  );
  await Promise.all([...alike.values()].map(async (events) => recordAlike(tx, consumer, events)));
}

async function recordAlike(tx: Queryable, consumer: string, events: readonly HandledEvent[]): Promise<void> {
  const [first] = events;
  if (first === undefined) return;
  const envelopes = events.map(({ envelope }) => envelope);
  await tx.query(
    `INSERT INTO waybill.inbox (consumer, aggregate_type, type, topic, partition, arrival, received_at, attempts,
       event_id, tenant, aggregate_id, version, event_time, correlation_id, causation_id, trace_id, log_offset, work_ms)
     SELECT $1, $2, $3, $4, $5::int, $6, $7::timestamptz, $8::int,
       event_id, tenant, aggregate_id, version, to_timestamp(event_ms / 1000), correlation_id, causation_id, trace_id,
       log_offset, work_ms
       FROM unnest($9::uuid[], $10::text[], $11::text[], $12::bigint[], $13::float8[], $14::text[], $15::text[],
         $16::text[], $17::bigint[], $18::real[])
         AS h (event_id, tenant, aggregate_id, version, event_ms, correlation_id, causation_id, trace_id, log_offset, work_ms)`,
    [
      consumer,
      first.envelope.aggregateType,
      first.envelope.type,
      first.origin?.topic ?? null,
      first.origin?.partition ?? null,
      first.arrival,
      first.receivedAt,
      first.attempts,
      plainArray(envelopes.map(({ id }) => id)),
      textArray(envelopes.map(({ tenant }) => tenant)),
      textArray(envelopes.map(({ aggregateId }) => aggregateId)),
      plainArray(envelopes.map(({ aggregateVersion }) => aggregateVersion)),
      millisArray(envelopes.map(({ time }) => time)),
      textArray(envelopes.map(({ correlationId }) => correlationId)),
      plainArray(envelopes.map(({ causationId }) => causationId)),
      textArray(envelopes.map(({ trace }) => trace.traceparent?.split('-')[1])),
      plainArray(events.map(({ origin }) => origin?.offset)),
      plainArray(events.map(({ workMs }) => workMs)),
    ],
  );
}

export async function recordSkipped(
  tx: Queryable,
  consumer: string,
  skipped: readonly SkippedDelivery[],
): Promise<void> {
  if (skipped.length === 0) return;
  await tx.query(
    `INSERT INTO waybill.skipped (consumer, event_id, type, aggregate_type, aggregate_id, version, reason, correlation_id,
       topic, partition, log_offset)
     SELECT $1, s.* FROM unnest($2::uuid[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[], $8::text[],
       $9::text[], $10::int[], $11::bigint[]) AS s`,
    [
      consumer,
      plainArray(skipped.map(({ envelope }) => envelope.id)),
      textArray(skipped.map(({ envelope }) => envelope.type)),
      textArray(skipped.map(({ envelope }) => envelope.aggregateType)),
      textArray(skipped.map(({ envelope }) => envelope.aggregateId)),
      plainArray(skipped.map(({ envelope }) => envelope.aggregateVersion)),
      textArray(skipped.map(({ reason }) => reason)),
      textArray(skipped.map(({ envelope }) => envelope.correlationId)),
      textArray(skipped.map(({ origin }) => origin?.topic)),
      plainArray(skipped.map(({ origin }) => origin?.partition)),
      plainArray(skipped.map(({ origin }) => origin?.offset)),
    ],
  );
}
