import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const program = fileURLToPath(new URL('../fixtures/lone-relay.ts', import.meta.url));
let kitchen: KitchenWorld;
let lone: ChildProcess;

beforeAll(async () => {
  kitchen = await kitchenWorld();
  await kitchen.start();
  lone = spawn(process.execPath, [program], {
    stdio: 'ignore',
    env: { PATH: process.env['PATH'], ...kitchen.servers },
  });
  // The kitchen's own relay, and the one beside it.
  await eventually(async () => (await relays()) === 2, { what: 'two relays share the shards', deadlineMs: 40_000 });
});
afterAll(async () => {
  lone.kill('SIGKILL');
  await kitchen.close();
});

/** How many relays lease shards. */
async function relays(): Promise<number> {
  const { rows } = await kitchen.db.query<{ count: string }>(
    'SELECT count(DISTINCT owner) FROM waybill.relay_shard WHERE lease_until > now()',
  );
  return Number(rows[0]?.count);
}

test('relays that are paused publish nothing, in services and alone, until the pause ends', async () => {
  await kitchen.send(oskar, '/pauses', { scope: 'relay', name: '*', reason: 'the topic is moved', minutes: 5 });
  await eventually(async () => (await relays()) === 0, { what: 'no relay has a shard', deadlineMs: 20_000 });
  expect((await kitchen.get(oskar, '/overview')).body['relay']).toMatchObject({ shards: [], pauses: [{ name: '*' }] });
  await kitchen.order('t1', { name: 'bread', guest: 'Hanna' });
  const { body } = await kitchen.get(oskar, '/pauses');
  expect(await relays()).toBe(0);
  expect(await kitchen.effects('serve', 't1')).toEqual([]);

  const [pause] = (body as { pauses: readonly { id: string }[] }).pauses;
  await kitchen.send(oskar, `/pauses/${pause?.id ?? ''}/resume`, {});
  const served = async () => (await kitchen.effects('serve', 't1')).length === 1;
  await eventually(served, { what: 'the dish is served', deadlineMs: 20_000 });
});

test('one shard is paused alone, by its number, and its relay gives it up at once', async () => {
  const pause = { scope: 'relay', reason: 'its topic is repaired', minutes: 5 };
  expect((await kitchen.send(oskar, '/pauses', { ...pause, name: '16' })).status).toBe(400);
  expect((await kitchen.send(oskar, '/pauses', { ...pause, name: '3' })).status).toBe(200);
  const owned = async () => {
    const { rows } = await kitchen.db.query<{ shard: number }>(
      'SELECT shard FROM waybill.relay_shard WHERE owner IS NOT NULL AND lease_until > now()',
    );
    return rows.map(({ shard }) => shard);
  };
  const isGivenUp = async () => (await owned()).length === 15 && !(await owned()).includes(3);
  await eventually(isGivenUp, { what: 'fifteen shards are leased', deadlineMs: 15_000 });
  // The kitchen's own relay may not have followed the end of the pause before yet; the one beside it had the shards.
  const relay = await eventually(async () => (await kitchen.get(oskar, '/overview')).body['relay'], {
    what: 'the kitchen relays',
    deadlineMs: 15_000,
  });
  expect(relay).toMatchObject({ pauses: [{ name: '3' }] });

  const { body } = await kitchen.get(oskar, '/pauses');
  const [{ id } = { id: '' }] = (body as { pauses: readonly { id: string }[] }).pauses;
  await kitchen.send(oskar, `/pauses/${id}/resume`, {});
  await eventually(async () => (await owned()).length === 16, { what: 'all shards are leased', deadlineMs: 15_000 });
});
