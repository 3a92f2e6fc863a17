import type { Client } from 'pg';

/** What every consumer keeps: for each entity its last version, and sums that show any event applied twice or never. */
export const PROJECTION = `
CREATE TABLE projection (
  entity   text   PRIMARY KEY,
  version  bigint NOT NULL,
  events   bigint NOT NULL,
  amount   double precision NOT NULL,
  checksum bigint NOT NULL) WITH (fillfactor = 50)`;

/** One event's effect: entity, version, amount. */
export const APPLY = `
INSERT INTO projection AS p (entity, version, events, amount, checksum) VALUES ($1, $2, 1, $3, $2)
ON CONFLICT (entity) DO UPDATE SET version = EXCLUDED.version, events = p.events + 1, amount = p.amount + EXCLUDED.amount,
  checksum = p.checksum + EXCLUDED.checksum`;

/** The effects of many events, given as columns: their entities, versions and amounts. */
export const APPLY_SET = `
INSERT INTO projection AS p (entity, version, events, amount, checksum)
SELECT e.entity, max(e.version), count(*), sum(e.amount), sum(e.version)
  FROM unnest($1::text[], $2::bigint[], $3::float8[]) AS e(entity, version, amount)
 GROUP BY e.entity
ON CONFLICT (entity) DO UPDATE SET version = EXCLUDED.version, events = p.events + EXCLUDED.events,
  amount = p.amount + EXCLUDED.amount, checksum = p.checksum + EXCLUDED.checksum`;

/** Effects so far. */
export async function effectsIn(client: Client): Promise<number> {
  const { rows } = await client.query<{ events: string }>('SELECT coalesce(sum(events), 0) AS events FROM projection');
  return Number(rows[0]?.events ?? 0);
}

/**
 * What is wrong with a projection of each entity's versions from `before` + 1 on, each once and in order; `undefined` when
 * nothing is.
 */
export async function projectionFlaw(client: Client, expected: number, before = 0): Promise<string | undefined> {
  const { rows } = await client.query<{ events: string; wrong: string }>(
    `SELECT coalesce(sum(events), 0) AS events,
            count(*) FILTER (WHERE version <> events + $1 OR checksum <> events * $1 + events * (events + 1) / 2) AS wrong
       FROM projection`,
    [before],
  );
  const [found] = rows;
  const flaws = [
    Number(found?.events) === expected ? '' : `${found?.events ?? 0} effects of ${expected} events`,
    found?.wrong === '0' ? '' : `${found?.wrong ?? 0} entities with a wrong effect`,
  ].filter((flaw) => flaw !== '');
  return flaws.length === 0 ? undefined : flaws.join(', ');
}
