import { eventually } from '@waybill/testing';
import { expect } from 'vitest';
import { type KitchenWorld, oskar } from './kitchen-world.ts';

/** Has a consumer pass over what `work` orders: it is paused, and set to where the one that bills has got to by then. */
export async function jumpOver(kitchen: KitchenWorld, what: string, work: () => Promise<void>): Promise<void> {
  const name = `${kitchen.name}.${what}`;
  const pause = { scope: 'consumer', name, reason: 'moving the oven', minutes: 5 };
  expect(await kitchen.send(oskar, '/pauses', pause)).toMatchObject({ status: 200 });
  const consumers = async () => (await kitchen.get(oskar, '/overview')).body['consumers'] as Record<string, unknown>[];
  await eventually(
    async () => (await consumers()).some((each) => each['name'] === name && each['state'] === 'paused'),
    {
      what: `${name} stands still`,
      deadlineMs: 20_000,
    },
  );
  await work();
  const { rows } = await kitchen.db.query<{ partition: number; offset: string }>(
    `SELECT partition, next_offset AS offset FROM waybill.consumer_position WHERE consumer = $1 AND topic = $2`,
    [`${kitchen.name}.bill`, kitchen.topic],
  );
  const body = { topic: kitchen.topic, positions: rows, reason: 'what lies before is replayed' };
  expect(await kitchen.send(oskar, `/consumers/${name}/offsets`, body)).toMatchObject({ status: 200 });
  const { body: pauses } = await kitchen.get(oskar, '/pauses');
  const [active] = pauses['pauses'] as { id: string }[];
  expect(await kitchen.send(oskar, `/pauses/${active?.id}/resume`, {})).toMatchObject({ status: 200 });
}
