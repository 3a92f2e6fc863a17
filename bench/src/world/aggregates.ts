import { slotOf } from '@waybill/messaging';
import type { Client } from 'pg';
import { entityId, measuredContract, measuredValue } from './event.ts';
import type { Place } from './place.ts';

/** Puts the run's entities, each with its slot and a value, where an INSERT … SELECT can take them from. */
export async function createAggregates(client: Client, place: Place): Promise<void> {
  const contract = measuredContract(place.topic);
  const numbers = Array.from({ length: place.aggregates }, (_, number) => number);
  const ids = numbers.map(entityId);
  await client.query(
    'CREATE TABLE bench_aggregate (number int PRIMARY KEY, id text NOT NULL, slot smallint NOT NULL, value bytea NOT NULL)',
  );
  await client.query(
    `INSERT INTO bench_aggregate SELECT * FROM unnest($1::int[], $2::text[], $3::smallint[], $4::bytea[])`,
    [numbers, ids, ids.map(slotOf), ids.map((id) => measuredValue(contract, place.schemaId, 0, id))],
  );
}

/** Runs a statement over 1..rows in transactions of `step` rows, as that many business transactions would. */
export async function inTransactions(
  rows: number,
  step: number,
  insert: (from: number, to: number) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < rows; from += step) await insert(from, Math.min(rows, from + step) - 1);
}
