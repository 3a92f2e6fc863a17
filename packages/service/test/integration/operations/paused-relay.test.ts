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
  expect((await kitchen.get(oskar, '/overview')).body['relay']).toBeUndefined();
  await kitchen.order('t1', { name: 'bread', guest: 'Hanna' });
  const { body } = await kitchen.get(oskar, '/pauses');
  expect(await relays()).toBe(0);
  expect(await kitchen.effects('serve', 't1')).toEqual([]);

  const [pause] = (body as { pauses: readonly { id: string }[] }).pauses;
  await kitchen.send(oskar, `/pauses/${pause?.id ?? ''}/resume`, {});
  const served = async () => (await kitchen.effects('serve', 't1')).length === 1;
  await eventually(served, { what: 'the dish is served', deadlineMs: 20_000 });
});
