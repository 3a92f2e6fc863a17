import type { Client } from 'pg';
import { APPLY } from '../../world/projection.ts';
import { byHand, type Decoded } from './consumer.ts';

const dedupe = 'INSERT INTO processed (id) VALUES ($1) ON CONFLICT DO NOTHING';

/** The usual idempotent consumer: a transaction for each message. */
export const perMessage = byHand({
  name: 'by-hand-1',
  what: 'an idempotent consumer by hand: a transaction per message with an INSERT of the id and an UPSERT',
  inTransaction: 1,
  apply: (client, events) => applyEach(client, events),
});

/** The same statements, two hundred messages to a transaction. */
export const perTwoHundred = byHand({
  name: 'by-hand-200',
  what: 'the same with 200 messages in a transaction',
  inTransaction: 200,
  apply: (client, events) => applyEach(client, events),
});

/** Two hundred messages as one statement over sets. */
export const perTwoHundredSet = byHand({
  name: 'by-hand-200-set',
  what: '200 messages in one statement over sets, in a transaction; without ordering',
  inTransaction: 200,
  apply: async (client, events) => {
    await client.query({
      name: 'apply-set',
      text: APPLY_SET,
      values: [
        events.map(({ id }) => id),
        events.map(({ data }) => data.entity),
        events.map(({ version }) => version),
        events.map(({ data }) => data.amount),
      ],
    });
  },
});

async function applyEach(client: Client, events: readonly Decoded[]): Promise<void> {
  for (const { id, version, data } of events) {
    const { rowCount } = await client.query({ name: 'dedupe', text: dedupe, values: [id] });
    if (rowCount === 1) {
      await client.query({ name: 'apply', text: APPLY, values: [data.entity, version, data.amount] });
    }
  }
}

const APPLY_SET = `
WITH fresh AS (
  INSERT INTO processed (id) SELECT unnest($1::uuid[]) ON CONFLICT DO NOTHING RETURNING id
)
INSERT INTO projection AS p (entity, version, events, amount, checksum)
SELECT e.entity, max(e.version), count(*), sum(e.amount), sum(e.version)
  FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::float8[]) AS e(id, entity, version, amount) JOIN fresh USING (id)
 GROUP BY e.entity
ON CONFLICT (entity) DO UPDATE SET version = EXCLUDED.version, events = p.events + EXCLUDED.events,
  amount = p.amount + EXCLUDED.amount, checksum = p.checksum + EXCLUDED.checksum`;
