import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aki, type KitchenWorld, kitchenWorld, oskar, vera } from './kitchen-world.ts';

let kitchen: KitchenWorld;
let name: string;
beforeAll(async () => {
  kitchen = await kitchenWorld();
  name = `${kitchen.name}.serve`;
  await kitchen.start();
});
afterAll(async () => kitchen.close());

interface View {
  readonly name: string;
  readonly state: string;
  readonly stateReason?: string;
  readonly leftToDrain?: number;
  readonly pause?: { readonly id: string; readonly mode: string };
  readonly flow?: { readonly objective: object; readonly lagEvents?: number };
}
async function serving(): Promise<View> {
  const { body } = await kitchen.get(vera, '/overview');
  const view = (body as { consumers: readonly View[] }).consumers.find((one) => one.name === name);
  if (view === undefined) throw new Error(`the overview has no ${name}`);
  return view;
}

test('a consumer that drains takes nothing new, works off what is parked, and stands still until it is resumed', async () => {
  await kitchen.takeOff('serve slow soup');
  await kitchen.takeOff('serve stone');
  await kitchen.order('waits', { name: 'slow soup', guest: 'Ines' });
  await kitchen.order('dead', { name: 'stone', guest: 'Ines' }, { name: 'bread', guest: 'Ines' });
  const parked = async () => Number((await kitchen.get(vera, `/parked?consumer=${name}`)).body['total']) === 3;
  await eventually(parked, { what: 'three dishes are parked', deadlineMs: 20_000 });

  const drain = { scope: 'consumer', name, mode: 'drain', reason: 'a new menu', minutes: 5 };
  expect((await kitchen.send(oskar, '/pauses', drain)).status).toBe(200);
  await eventually(async () => (await serving()).state === 'paused', { what: 'it is paused', deadlineMs: 10_000 });
  // The bread is behind a dish that only a person can put right.
  expect(await serving()).toMatchObject({ leftToDrain: 1, stateReason: 'draining by oskar: a new menu' });

  await kitchen.order('new', { name: 'salad', guest: 'Ines' });
  await kitchen.putBack('serve slow soup');
  await eventually(async () => (await serving()).leftToDrain === 0, { what: 'it is drained', deadlineMs: 20_000 });
  expect(await kitchen.effects('serve', 'waits')).toEqual([1]);
  // The other consumer was given the salad, so the log had it long before.
  await eventually(async () => (await kitchen.effects('bill', 'new')).length === 1, {
    what: 'the salad is billed',
    deadlineMs: 20_000,
  });
  expect(await serving()).toMatchObject({ state: 'paused', pause: { mode: 'drain' } });
  expect(await kitchen.effects('serve', 'new')).toEqual([]);

  kitchen.kill();
  // Ready all the same: whoever deploys while something is paused must not wait for the end of that.
  await kitchen.start();
  expect(await serving()).toMatchObject({ state: 'paused', leftToDrain: 0 });
  expect(await kitchen.effects('serve', 'new')).toEqual([]);

  await kitchen.send(oskar, `/pauses/${(await serving()).pause?.id ?? ''}/resume`, {});
  await eventually(async () => (await kitchen.effects('serve', 'new')).length === 1, {
    what: 'the salad is served',
    deadlineMs: 20_000,
  });
  const { body } = await kitchen.get(aki, '/audit?action=pause.begin');
  expect(body['entries']).toMatchObject([{ result: 'draining', actor: 'oskar', reason: 'a new menu' }]);
});

test('only a consumer drains', async () => {
  const drain = { scope: 'dependency', name: 'customs', mode: 'drain', reason: 'a new menu', minutes: 5 };
  const { status, body } = await kitchen.send(oskar, '/pauses', drain);
  expect(status).toBe(400);
  expect(JSON.stringify(body)).toContain('drain is for a consumer');
});

test('the overview says how a flow does, by the samples that the running service takes, and the metrics say the same', async () => {
  const flow = await eventually(async () => (await serving()).flow, { what: 'a sample', deadlineMs: 30_000 });
  expect(flow.objective).toMatchObject({ visibleWithinMs: 10_000, share: 0.99 });
  const view = await kitchen.get(vera, `/flows/${name}`);
  expect(view.body).toMatchObject({
    consumer: name,
    contracts: [{ name: 'kitchen.v1.DishOrdered', topic: kitchen.topic }],
  });
  const metrics = await (await fetch(`${kitchen.url}/metrics`)).text();
  expect(metrics).toMatch(new RegExp(`waybill_consumer_oldest_parked_seconds\\{[^}]*consumer="${name}"[^}]*\\} [1-9]`));
  expect(metrics).toMatch(new RegExp(`waybill_consumer_lag_events\\{[^}]*consumer="${name}"[^}]*\\} \\d`));
});
