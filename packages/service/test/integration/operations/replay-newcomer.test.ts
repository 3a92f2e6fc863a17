import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const bread = { name: 'bread', guest: 'Somebody' };
/** A consumer that begins with now joins when the kitchen is started for the second time. */
const settings: { GREETER?: 'from now' } = {};
let kitchen: KitchenWorld;
let secondOrder = '';
beforeAll(async () => {
  kitchen = await kitchenWorld(settings);
  await kitchen.start();
  await kitchen.order('gone', bread, bread, bread);
  await kitchen.order('back', bread, bread);
  await kitchen.order('split', bread);
  await served('split', 1);
  secondOrder = new Date().toISOString();
  await kitchen.order('split', bread, bread);
  for (const [table, count] of [
    ['gone', 3],
    ['back', 2],
    ['split', 3],
  ] as const)
    await served(table, count);
  kitchen.kill();
  settings.GREETER = 'from now';
  await kitchen.start();
  await eventually(async () => (await positions()) === 2, {
    what: 'the greeter has its positions',
    deadlineMs: 60_000,
  });
});
afterAll(async () => kitchen.close());

async function served(table: string, count: number): Promise<void> {
  await handled('serve', table, count);
}

async function handled(what: 'serve' | 'greet', table: string, count: number): Promise<readonly number[]> {
  await eventually(async () => (await kitchen.effects(what, table)).length >= count, {
    what: `${what} handles ${count} of ${table}`,
    deadlineMs: 30_000,
  });
  return kitchen.effects(what, table);
}

async function positions(): Promise<number> {
  const { rows } = await kitchen.db.query(
    `SELECT 1 FROM waybill.consumer_position WHERE consumer = $1 AND topic = $2 AND next_offset IS NOT NULL`,
    [`${kitchen.name}.greet`, kitchen.topic],
  );
  return rows.length;
}

function toGreeter(selection: object) {
  const job = { kind: 'replay', consumer: `${kitchen.name}.greet`, reason: 'it is to greet them too' };
  return { ...job, selection: { topic: kitchen.topic, ...selection }, pace: { rampSeconds: 0 } };
}

async function replayed(selection: object): Promise<Record<string, unknown>> {
  const begun = await kitchen.send(oskar, '/jobs', toGreeter(selection));
  expect(begun).toMatchObject({ status: 200 });
  const job = async () => (await kitchen.get(oskar, `/jobs/${String(begun.body['job'])}`)).body;
  await eventually(async () => (await job())['state'] !== 'running', { what: 'the job ends', deadlineMs: 60_000 });
  return job();
}

test('a consumer that begins with now is given what lay before its beginning, in order, and follows the entity from there', async () => {
  expect(await kitchen.effects('greet', 'gone')).toEqual([]);
  expect(await replayed({ aggregateId: 'gone' })).toMatchObject({ state: 'done', taken: 3, done: 3 });
  expect(await handled('greet', 'gone', 3)).toEqual([1, 2, 3]);
  await kitchen.order('gone', bread);
  expect(await handled('greet', 'gone', 4)).toEqual([1, 2, 3, 4]);
});

test('of an entity that it met later, what came before is given, and nothing that it had', async () => {
  await kitchen.order('back', bread);
  expect(await handled('greet', 'back', 1)).toEqual([3]);
  expect(await replayed({ aggregateId: 'back' })).toMatchObject({ state: 'done', taken: 2, done: 2 });
  expect(await handled('greet', 'back', 3)).toEqual([3, 1, 2]);
});

test('a part of an entity’s history does not ask for what lies before it, which may be given later', async () => {
  expect(await replayed({ aggregateId: 'split', since: secondOrder })).toMatchObject({ state: 'done', taken: 2 });
  expect(await handled('greet', 'split', 2)).toEqual([2, 3]);
  const { body } = await kitchen.send(oskar, '/jobs/dry-run', toGreeter({ aggregateId: 'split' }));
  expect(body).toMatchObject({ total: 1, estimate: 'exact' });
  expect(await replayed({ aggregateId: 'split' })).toMatchObject({ state: 'done', taken: 1 });
  expect(await handled('greet', 'split', 3)).toEqual([2, 3, 1]);
});
