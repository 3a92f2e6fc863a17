/**
 * A subquery: the types of the aggregates without a tenant that have published, found by an index one after another. To look
 * for the distinct ones would read every aggregate: 115 ms among a million, where this takes one.
 */
export const AGGREGATE_TYPES = `
  WITH RECURSIVE types (name) AS (
    (SELECT min(aggregate_type) FROM waybill.stream WHERE tenant = '')
    UNION ALL
    SELECT (SELECT min(aggregate_type) FROM waybill.stream WHERE tenant = '' AND aggregate_type > name)
      FROM types WHERE name IS NOT NULL)
  SELECT name FROM types WHERE name IS NOT NULL`;
