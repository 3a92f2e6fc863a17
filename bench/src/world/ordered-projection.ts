import type { Client } from 'pg';
import { PROJECTION } from './projection.ts';

/** The projection of the bench, which also counts what came out of its entity's order. */
export const ORDERED_PROJECTION = `${PROJECTION};
ALTER TABLE projection ADD COLUMN out_of_order int NOT NULL DEFAULT 0`;

/** One event's effect: entity, version, amount. */
export const APPLY_IN_ORDER = `
INSERT INTO projection AS p (entity, version, events, amount, checksum, out_of_order) VALUES ($1, $2::bigint, 1, $3, $2::bigint, ($2::bigint <> 1)::int)
ON CONFLICT (entity) DO UPDATE SET version = EXCLUDED.version, events = p.events + 1, amount = p.amount + EXCLUDED.amount,
  checksum = p.checksum + EXCLUDED.checksum, out_of_order = p.out_of_order + (EXCLUDED.version <> p.version + 1)::int`;

/** What came out of order; `undefined` when nothing did. */
export async function orderFlaw(client: Client): Promise<string | undefined> {
  const { rows } = await client.query<{ wrong: string }>('SELECT sum(out_of_order) AS wrong FROM projection');
  const wrong = Number(rows[0]?.wrong ?? 0);
  return wrong === 0 ? undefined : `${wrong} out of order`;
}
