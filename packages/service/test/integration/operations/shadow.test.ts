import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { aki, type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const guest = 'Somebody';
let kitchen: KitchenWorld;
beforeAll(async () => {
  kitchen = await kitchenWorld();
  await kitchen.start();
});
afterAll(async () => kitchen.close());

function shadow(selection: object = {}, pace: object = {}, what = 'serve') {
  const job = { kind: 'shadow', consumer: `${kitchen.name}.${what}`, reason: 'a new way to serve' };
  return { ...job, selection: { topic: kitchen.topic, ...selection }, pace: { rampSeconds: 0, ...pace } };
}

async function begun(job: object): Promise<string> {
  const asked = await kitchen.send(oskar, '/jobs', job);
  expect(asked).toMatchObject({ status: 200 });
  return String(asked.body['job']);
}

async function jobOf(id: string): Promise<Record<string, unknown>> {
  return (await kitchen.get(oskar, `/jobs/${id}`)).body;
}

async function ended(id: string): Promise<Record<string, unknown>> {
  await eventually(async () => (await jobOf(id))['state'] !== 'running', { what: 'it ends', deadlineMs: 60_000 });
  return jobOf(id);
}

async function handled(table: string, count: number): Promise<void> {
  for (const what of ['serve', 'bill'] as const) {
    await eventually(async () => (await kitchen.effects(what, table)).length === count, {
      what: `${table} is handled by ${what}`,
      deadlineMs: 30_000,
    });
  }
}

/** All that a handler could have changed, Waybill's own tables and the team's. */
async function everything(): Promise<unknown> {
  const tables = ['public.effect_ledger', 'public.off_the_menu', 'waybill.inbox', 'waybill.outbox', 'waybill.entity'];
  const more = ['waybill.parked', 'waybill.stream'];
  const found = [...tables, ...more].map(async (table) => {
    const { rows } = await kitchen.db.query(`SELECT to_jsonb(t) AS row FROM ${table} t ORDER BY to_jsonb(t)::text`);
    return [table, rows];
  });
  return Promise.all(found);
}

test('a shadow reports how a candidate differs, by kind and without values, and leaves everything as it was', async () => {
  const names = ['bread', 'read twice', 'published', 'written', 'refused'];
  await kitchen.order('mixed', ...names.map((name) => ({ name, guest })));
  await handled('mixed', 5);
  const before = await everything();

  const job = shadow({ aggregateId: 'mixed' });
  expect((await kitchen.send(oskar, '/jobs/dry-run', job)).body).toMatchObject({
    ...{ estimate: 'at-most', total: 5, needsApproval: false },
  });
  const id = await begun(job);
  const view = await ended(id);

  expect(view).toMatchObject({ state: 'done', kind: 'shadow', taken: 5, done: 5, failed: 0, underWay: 0 });
  expect(Number(view['taken']) + Number(view['passedOver'])).toBe(view['total']);
  const type = 'kitchen.v1.DishOrdered';
  const difference = (kind: string, where: string) => ({
    ...{ kind, count: 1 },
    examples: [{ event: expect.any(String) as string, type, where: [where] }],
  });
  expect(view['report']).toEqual({
    ...{ equal: 2, equalByRows: 1, failedBoth: 0, notRun: 0, busy: 0, differ: 3 },
    differences: expect.arrayContaining([
      difference('published', `nothing → ${type}`),
      difference('rows', 'public.off_the_menu: none → 1 inserted'),
      difference('ending', 'returned → TerminalError kitchen.refused-anew'),
    ]) as unknown,
  });
  expect(JSON.stringify(view['report'])).not.toContain(guest);
  expect(await everything()).toEqual(before);
  const audit = await kitchen.get(aki, `/audit?target=job/${id}`);
  expect(audit.body['entries']).toMatchObject([{ action: 'job.done' }, { action: 'job.start', actor: 'oskar' }]);
});

test('a consumer without a shadow is refused, and so is a selection that it is past nothing of', async () => {
  expect(await kitchen.send(oskar, '/jobs', shadow({}, {}, 'bill'))).toMatchObject({
    ...{ status: 409, body: { type: 'urn:waybill:problem:ops.no-shadow' } },
  });
  expect(await kitchen.send(oskar, '/jobs', shadow({ positions: [{ partition: 7 }] }))).toMatchObject({
    ...{ status: 409, body: { type: 'urn:waybill:problem:ops.nothing-selected' } },
  });
});

test('a row that live traffic holds makes a shadow pass the event as busy, and not wait', async () => {
  await kitchen.order('locked', { name: 'written', guest: 'a row of somebody else' });
  await handled('locked', 1);
  const holder = await kitchen.db.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(`INSERT INTO public.off_the_menu VALUES ('a row of somebody else')`);
    const view = await ended(await begun(shadow({ aggregateId: 'locked' })));
    expect(view).toMatchObject({ state: 'done', report: { busy: 1, differ: 0, equal: 0 } });
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
});

test('a shadow outlives a service that is killed in the middle of it, and counts each event once', async () => {
  const count = 60;
  await kitchen.order('rush', ...Array.from({ length: count }, () => ({ name: 'bread', guest })));
  await handled('rush', count);
  const before = await everything();
  const id = await begun(shadow({ aggregateId: 'rush' }, { perSecond: 20 }));
  await eventually(async () => Number((await jobOf(id))['taken']) >= 20, {
    what: '20 are compared',
    deadlineMs: 30_000,
  });
  kitchen.kill();
  await kitchen.start();
  const view = await ended(id);
  expect(view).toMatchObject({ state: 'done', taken: count, report: { equal: count, differ: 0 } });
  expect(Number(view['taken']) + Number(view['passedOver'])).toBe(view['total']);
  expect(await everything()).toEqual(before);
}, 120_000);
