import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { jumpOver } from './jump-over.ts';
import { ada, aki, type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const bread = { name: 'bread', guest: 'Somebody' };
let kitchen: KitchenWorld;
beforeAll(async () => {
  kitchen = await kitchenWorld();
  await kitchen.start();
});
afterAll(async () => kitchen.close());

function replay(selection: object, pace: object = {}, what: 'serve' | 'bill' = 'serve') {
  const job = { kind: 'replay', consumer: `${kitchen.name}.${what}`, reason: 'the oven was cold' };
  return { ...job, selection: { topic: kitchen.topic, ...selection }, pace: { rampSeconds: 0, ...pace } };
}

async function dryRun(job: object): Promise<Record<string, unknown>> {
  return (await kitchen.send(oskar, '/jobs/dry-run', job)).body;
}

/** Begins a job, agreed to by another person where that is needed. */
async function begun(job: object): Promise<string> {
  const asked = await kitchen.send(oskar, '/jobs', job);
  if (asked.status === 200) return String(asked.body['job']);
  expect(asked).toMatchObject({ status: 202, body: { result: 'waits-for-approval' } });
  const path = `/approvals/${String(asked.body['approval'])}/decide`;
  return String((await kitchen.send(ada, path, { decision: 'approve' })).body['job']);
}

async function jobOf(id: string): Promise<Record<string, unknown>> {
  return (await kitchen.get(oskar, `/jobs/${id}`)).body;
}

async function ended(id: string): Promise<Record<string, unknown>> {
  await eventually(async () => (await jobOf(id))['state'] !== 'running', { what: 'the job ends', deadlineMs: 60_000 });
  return jobOf(id);
}

async function allHandled(what: 'serve' | 'bill', table: string, versions: readonly number[]): Promise<void> {
  await eventually(async () => (await kitchen.effects(what, table)).length >= versions.length, {
    what: `${what} handles ${table}`,
    deadlineMs: 30_000,
  });
  expect(await kitchen.effects(what, table)).toEqual(versions);
}

/** The entries of a table that are dead, skipped by a person. */
async function giveUp(table: string): Promise<void> {
  const selection = `consumer=${kitchen.name}.serve&state=dead&aggregateId=${table}`;
  const dead = async () => (await kitchen.get(oskar, `/parked?${selection}`)).body['entries'] as { id: string }[];
  const [entry] = await eventually(async () => ((await dead()).length > 0 ? dead() : undefined), {
    what: `${table} has a dead entry`,
    deadlineMs: 30_000,
  });
  const skipped = await kitchen.send(oskar, `/parked/${entry?.id}/skip`, { reason: 'the guest has left' });
  expect(skipped).toMatchObject({ status: 200 });
}

test('what was handled is not given again, and there is nothing to begin', async () => {
  await kitchen.order('calm', bread, bread);
  await allHandled('serve', 'calm', [1, 2]);
  const job = replay({ aggregateId: 'calm' });
  expect(await dryRun(job)).toMatchObject({
    estimate: 'exact',
    total: 0,
    entities: 0,
    types: [],
    needsApproval: false,
  });
  const refused = await kitchen.send(oskar, '/jobs', job);
  expect(refused).toMatchObject({ status: 409, body: { type: 'urn:waybill:problem:ops.nothing-selected' } });
});

test('a topic that the consumer does not take events from is refused, and those that it does are named', async () => {
  const refused = await kitchen.send(oskar, '/jobs', replay({ topic: 'orders.order' }));
  expect(refused).toMatchObject({ status: 409, body: { type: 'urn:waybill:problem:ops.not-subscribed' } });
  expect(refused.body['detail']).toContain(kitchen.topic);
  const unknown = await kitchen.send(oskar, '/jobs', { ...replay({}), consumer: 'nobody.here' });
  expect(unknown).toMatchObject({ status: 404, body: { type: 'urn:waybill:problem:ops.no-consumer' } });
});

test('an event that a person gave up is replayed on purpose: to one consumer, once', async () => {
  await kitchen.takeOff('serve soup');
  await kitchen.order('sorry', bread, { name: 'soup', guest: 'Somebody' }, bread);
  await giveUp('sorry');
  await allHandled('serve', 'sorry', [1, 3]);
  await allHandled('bill', 'sorry', [1, 2, 3]);
  await kitchen.putBack('serve soup');

  expect(await dryRun(replay({ aggregateId: 'sorry' }))).toMatchObject({ total: 0 });
  const again = { aggregateId: 'sorry', skipped: 'again' };
  const job = replay(again);
  expect(await dryRun(job)).toMatchObject({
    ...{ estimate: 'exact', total: 1, entities: 1, types: [{ type: 'kitchen.v1.DishOrdered', count: 1 }] },
  });
  expect(await dryRun(replay(again, {}, 'bill'))).toMatchObject({ total: 0 });
  expect(await dryRun(replay({ ...again, types: ['kitchen.v1.Other'] }))).toMatchObject({ total: 0 });
  expect(await dryRun(replay({ ...again, since: new Date(Date.now() + 60_000).toISOString() }))).toMatchObject({
    total: 0,
  });
  expect(await dryRun(replay({ ...again, positions: [{ partition: 7 }] }))).toMatchObject({ total: 0 });

  const id = await begun(job);
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'done', kind: 'replay', taken: 1, done: 1, failed: 0, underWay: 0 });
  expect(Number(view['taken']) + Number(view['passedOver'])).toBe(view['total']);
  await allHandled('serve', 'sorry', [1, 3, 2]);
  expect(await kitchen.effects('bill', 'sorry')).toEqual([1, 2, 3]);
  expect(await dryRun(job)).toMatchObject({ total: 0 });
  const audit = await kitchen.get(aki, `/audit?target=job/${id}`);
  expect(audit.body['entries']).toMatchObject([
    { action: 'job.done', actor: 'waybill' },
    { action: 'job.start', actor: 'oskar', details: { kind: 'replay', selection: { aggregateId: 'sorry' } } },
  ]);
});

test('a replay whose events fail stops by itself, and what it gave is work for a person', async () => {
  await kitchen.takeOff('serve stew');
  for (const table of ['stew-1', 'stew-2', 'stew-3']) {
    await kitchen.order(table, { name: 'stew', guest: 'Somebody' });
    await giveUp(table);
  }
  const id = await begun(replay({ skipped: 'again' }, { canary: 2, stopAtFailureShare: 0.5 }));
  expect(await ended(id)).toMatchObject({
    ...{ state: 'stopped', taken: 2, failed: 2, done: 0 },
    note: expect.stringContaining('2 of 2') as string,
  });
  await kitchen.putBack('serve stew');
  const redriven = await begun({
    ...{ kind: 'redrive', reason: 'stew is back', pace: { rampSeconds: 0, canary: 0 } },
    selection: { consumer: `${kitchen.name}.serve`, state: 'dead' },
  });
  expect(await ended(redriven)).toMatchObject({ state: 'done', done: 2 });
  expect(await kitchen.send(oskar, `/jobs/${id}/steer`, { action: 'resume' })).toMatchObject({ status: 200 });
  await eventually(async () => (await kitchen.effects('serve', 'stew-3')).length === 1, {
    what: 'the last is handled',
    deadlineMs: 20_000,
  });
  for (const table of ['stew-1', 'stew-2', 'stew-3']) expect(await kitchen.effects('serve', table)).toEqual([1]);
});

test('a replay outlives a service that is killed in the middle of it: each event has one effect, in order, at one consumer', async () => {
  const tables = Array.from({ length: 120 }, (_, at) => `rush-${at}`);
  const count = async (what: string) => {
    const { rows } = await kitchen.db.query<{ count: string }>(
      `SELECT count(*) FROM public.effect_ledger WHERE consumer = $1 AND aggregate_id LIKE 'rush-%'`,
      [`${kitchen.name}.${what}`],
    );
    return Number(rows[0]?.count);
  };
  await jumpOver(kitchen, 'serve', async () => {
    for (const table of tables) await kitchen.order(table, bread, bread);
    await eventually(async () => (await count('bill')) === 240, { what: 'all is billed', deadlineMs: 60_000 });
  });
  await kitchen.order('after', bread);
  await allHandled('serve', 'after', [1]);
  expect(await count('serve')).toBe(0);

  const job = replay({ types: ['kitchen.v1.DishOrdered'] }, { canary: 3, perSecond: 60 });
  expect(await dryRun(job)).toMatchObject({ estimate: 'exact', total: 240, entities: 120, needsApproval: true });
  const id = await begun(job);
  await eventually(async () => Number((await jobOf(id))['taken']) >= 60, { what: '60 are given', deadlineMs: 30_000 });
  kitchen.kill();
  await kitchen.start();
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'done', taken: 240, done: 240, failed: 0, underWay: 0, approvedBy: 'ada' });
  expect(Number(view['taken']) + Number(view['passedOver'])).toBe(view['total']);

  for (const what of ['serve', 'bill']) {
    expect(await count(what)).toBe(240);
    // The place of a row in its table does not tell when it was committed; the inbox does.
    const { rows } = await kitchen.db.query(
      `SELECT aggregate_id, array_agg(version ORDER BY handled_at) FROM waybill.inbox
        WHERE consumer = $1 AND aggregate_id LIKE 'rush-%' GROUP BY aggregate_id
       HAVING array_agg(version ORDER BY handled_at) <> ARRAY[1, 2]::bigint[]`,
      [`${kitchen.name}.${what}`],
    );
    expect(rows).toEqual([]);
  }
  expect(await dryRun(job)).toMatchObject({ total: 0 });
  expect((await kitchen.get(aki, '/audit/verify')).body).toMatchObject({ verdict: 'intact' });
  const parked = await kitchen.get(oskar, '/parked?limit=1');
  expect(parked.body['total']).toBe(0);
}, 180_000);
