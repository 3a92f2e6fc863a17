import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ada, aki, type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const tables = 150;
let kitchen: KitchenWorld;
beforeAll(async () => {
  kitchen = await kitchenWorld();
  await kitchen.start();
  await kitchen.takeOff('serve soup');
  for (let table = 0; table < tables; table += 1) {
    await kitchen.order(`table-${table}`, { name: 'soup', guest: 'Somebody' }, { name: 'bread', guest: 'Somebody' });
  }
  await eventually(async () => (await deadCount()) === tables, { what: `${tables} dead entries`, deadlineMs: 60_000 });
});
afterAll(async () => kitchen.close());

async function deadCount(): Promise<unknown> {
  return (await kitchen.get(oskar, `/parked?state=dead&limit=1`)).body['total'];
}

function redriveAll(pace: object) {
  const selection = { consumer: `${kitchen.name}.serve` };
  return { kind: 'redrive', selection, pace, reason: 'soup is back' };
}

async function jobOf(id: unknown): Promise<Record<string, unknown>> {
  return (await kitchen.get(oskar, `/jobs/${String(id)}`)).body;
}

async function approved(asked: Awaited<ReturnType<KitchenWorld['send']>>): Promise<string> {
  expect(asked).toMatchObject({ status: 202, body: { result: 'waits-for-approval' } });
  const { body } = await kitchen.send(ada, `/approvals/${String(asked.body['approval'])}/decide`, {
    decision: 'approve',
  });
  return String(body['job']);
}

test('a dry run says what a job would touch, and touches nothing', async () => {
  const { body } = await kitchen.send(oskar, '/jobs/dry-run', redriveAll({}));
  expect(body).toMatchObject({
    ...{ total: tables, entities: tables, behind: tables, needsApproval: true },
    types: [{ type: 'kitchen.v1.DishOrdered', count: tables }],
  });
  expect(await deadCount()).toBe(tables);
});

test('a job whose canary fails again stops by itself, and has touched no more than that', async () => {
  const id = await approved(await kitchen.send(oskar, '/jobs', redriveAll({ canary: 4, perSecond: 500 })));
  await eventually(async () => (await jobOf(id))['state'] === 'stopped', {
    what: 'the job has stopped',
    deadlineMs: 20_000,
  });
  expect(await jobOf(id)).toMatchObject({
    taken: 4,
    failed: 4,
    done: 0,
    note: expect.stringContaining('4 of 4') as string,
  });
  expect(await deadCount()).toBe(tables);
  expect((await kitchen.send(oskar, `/jobs/${id}/steer`, { action: 'cancel' })).status).toBe(200);
  expect((await kitchen.send(oskar, `/jobs/${id}/steer`, { action: 'resume' })).status).toBe(409);
});

test('a job outlives a service that is killed twice in the middle of a step: each event has one effect, and its counts are right', async () => {
  await kitchen.putBack('serve soup');
  const pace = { canary: 3, perSecond: 40, rampSeconds: 0 };
  const id = await approved(await kitchen.send(oskar, '/jobs', redriveAll(pace)));
  const taken = async () => Number((await jobOf(id))['taken']);
  await eventually(async () => (await taken()) >= 20, { what: '20 are taken', deadlineMs: 30_000 });
  // Where it has redriven some of a step's entries, and not yet all.
  await killInStep(`SELECT 1 FROM waybill.parked WHERE reason = 'dead' ORDER BY id OFFSET 1 LIMIT 1 FOR UPDATE`);
  await kitchen.start();
  await eventually(async () => (await taken()) >= 60, { what: '60 are taken', deadlineMs: 60_000 });
  // Where all of a step is written, and not yet committed.
  await killInStep('LOCK TABLE waybill.job_item IN SHARE MODE');
  await kitchen.start();
  await eventually(async () => (await jobOf(id))['state'] === 'done', { what: 'the job is done', deadlineMs: 90_000 });
  expect(await jobOf(id)).toMatchObject({
    total: tables,
    taken: tables,
    done: tables,
    failed: 0,
    underWay: 0,
    approvedBy: 'ada',
  });
  await eventually(async () => (await effectCount()) === 2 * tables, { what: 'all effects', deadlineMs: 20_000 });
  const { rows } = await kitchen.db.query(
    `SELECT aggregate_id FROM public.effect_ledger WHERE consumer = $1 GROUP BY aggregate_id
     HAVING count(*) <> 2 OR array_agg(version ORDER BY ctid) <> ARRAY[1, 2]::bigint[]`,
    [`${kitchen.name}.serve`],
  );
  expect(rows).toEqual([]);
  const verdict = await kitchen.get(aki, '/audit/verify');
  expect(verdict.body).toMatchObject({ verdict: 'intact' });
  const audit = await kitchen.get(aki, `/audit?target=job/${id}`);
  expect(audit.body['entries']).toMatchObject([
    { action: 'job.done', actor: 'waybill' },
    { action: 'job.start', actor: 'oskar', approvedBy: 'ada' },
  ]);
}, 150_000);

/** Kills the service while a step of a job has a transaction open: it waits there for what the test holds. */
async function killInStep(hold: string): Promise<void> {
  const holder = await kitchen.db.connect();
  try {
    await holder.query('BEGIN');
    await holder.query(hold);
    // Nobody else locks a job and waits.
    const stepWaits = `
      SELECT 1 FROM pg_locks own JOIN pg_locks other ON other.pid = own.pid AND NOT other.granted
       WHERE own.relation = 'waybill.job'::regclass AND own.mode = 'RowShareLock' AND own.granted`;
    await eventually(async () => (await kitchen.db.query(stepWaits)).rows.length > 0, {
      what: 'a step waits in its transaction',
      deadlineMs: 30_000,
    });
    await kitchen.killed();
  } finally {
    await holder.query('ROLLBACK');
    holder.release();
  }
}

async function effectCount(): Promise<number> {
  const { rows } = await kitchen.db.query<{ count: string }>(
    'SELECT count(*) FROM public.effect_ledger WHERE consumer = $1',
    [`${kitchen.name}.serve`],
  );
  return Number(rows[0]?.count);
}
