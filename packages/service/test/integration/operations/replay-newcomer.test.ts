import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jumpOver } from './jump-over.ts';
import { type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const bread = { name: 'bread', guest: 'Somebody' };
let kitchen: KitchenWorld;
let secondOrder = '';
beforeAll(async () => {
  kitchen = await kitchenWorld({ GREETER: 'from now' });
  await kitchen.start();
  // As if the greeter had come when all of this was over.
  await jumpOver(kitchen, 'greet', async () => {
    await kitchen.order('gone', bread, bread, bread);
    await kitchen.order('back', bread, bread);
    await kitchen.order('split', bread);
    await handled('bill', 'split', 1);
    secondOrder = new Date().toISOString();
    await kitchen.order('split', bread, bread);
    await handled('bill', 'gone', 3);
    await handled('bill', 'back', 2);
    await handled('bill', 'split', 3);
  });
});
afterAll(async () => kitchen.close());

async function handled(what: 'bill' | 'greet', table: string, count: number): Promise<readonly number[]> {
  await eventually(async () => (await kitchen.effects(what, table)).length >= count, {
    what: `${what} handles ${count} of ${table}`,
    deadlineMs: 30_000,
  });
  return kitchen.effects(what, table);
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
