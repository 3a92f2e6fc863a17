import type { SaveIndexed } from '../../application/event-indexing.ts';

const insert = `
  insert into event_index (type, aggregate_type, topic, source, event_id, time, version, tenant, aggregate_id, correlation_id,
    causation_id, trace_id, business_ids)
  select $1, $2, $3, e.source, e.event_id, to_timestamp(e.time_ms / 1000), e.version, e.tenant, e.aggregate_id, e.correlation_id,
         e.causation_id, e.trace_id, e.business_ids::text[]
    from unnest($4::uuid[], $5::float8[], $6::bigint[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::uuid[],
      $12::text[], $13::text[])
      as e (event_id, time_ms, version, tenant, aggregate_id, correlation_id, causation_id, trace_id, business_ids, source)
  on conflict do nothing`;

/** Writes a batch's events of one contract in one statement. */
export const saveIndexed: SaveIndexed = async (tx, contract, indexed) => {
  const events = indexed.map(({ event }) => event);
  await tx.query(insert, [
    contract.name,
    contract.aggregateType,
    contract.topic,
    events.map(({ id }) => id),
    events.map(({ time }) => time.getTime()),
    events.map(({ aggregateVersion }) => aggregateVersion),
    events.map(({ tenant }) => tenant),
    events.map(({ aggregateId }) => aggregateId),
    events.map(({ correlationId }) => correlationId),
    events.map(({ causationId }) => causationId ?? null),
    // 32 hexadecimal digits, which PostgreSQL reads as a UUID, at half of their length.
    events.map(({ trace }) => trace.traceparent?.split('-')[1] ?? null),
    indexed.map(({ businessIds }) => arrayLiteral(businessIds)),
    events.map(({ source }) => source),
  ]);
};

/** A list as PostgreSQL writes one, since unnest would make one list of all events' lists. */
function arrayLiteral(values: readonly string[]): string {
  return `{${values.map((value) => `"${value.replaceAll(/["\\]/g, String.raw`\$&`)}"`).join(',')}}`;
}
