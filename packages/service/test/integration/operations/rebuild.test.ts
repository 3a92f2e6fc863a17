import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ada, aki, type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const tables = 20;
let kitchen: KitchenWorld;
beforeAll(async () => {
  kitchen = await kitchenWorld({ BOARD: 'buggy' });
  await kitchen.start();
  for (let table = 0; table < tables; table += 1) await kitchen.order(`table-${table}`, dish('bread'), dish('soup'));
  await boardHas(2 * tables);
});
afterAll(async () => kitchen.close());

function dish(name: string) {
  return { name, guest: 'Somebody' };
}

async function boardHas(dishes: number): Promise<void> {
  await eventually(async () => (await dishesOn('public.board')) === dishes, {
    what: `${dishes} dishes on the board`,
    deadlineMs: 60_000,
  });
}

async function dishesOn(table: string): Promise<number> {
  const { rows } = await kitchen.db.query<{ sum: string }>(`SELECT coalesce(sum(dishes), 0) AS sum FROM ${table}`);
  return Number(rows[0]?.sum);
}

function rebuild(pace: object = {}) {
  return { kind: 'rebuild', consumer: `${kitchen.name}.board`, pace, reason: 'the board forgot what came first' };
}

async function jobOf(id: string): Promise<Record<string, unknown>> {
  return (await kitchen.get(oskar, `/jobs/${id}`)).body;
}

async function inState(id: string, state: string): Promise<Record<string, unknown>> {
  await eventually(
    async () => {
      const job = await jobOf(id);
      if (job['state'] === state) return true;
      if (job['state'] === 'stopped') throw new Error(String(job['note']));
      return false;
    },
    { what: `the job is ${state}`, deadlineMs: 60_000 },
  ).catch(async (error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(await jobOf(id))}`);
  });
  return jobOf(id);
}

async function begun(pace?: object): Promise<string> {
  const asked = await kitchen.send(oskar, '/jobs', rebuild(pace));
  expect(asked).toMatchObject({ status: 200 });
  return String(asked.body['job']);
}

test('a dry run says what a rebuild would read, and a consumer that cannot be rebuilt is refused', async () => {
  const { body } = await kitchen.send(oskar, '/jobs/dry-run', rebuild());
  expect(body).toMatchObject({ estimate: 'at-most', entities: tables, needsApproval: false });
  expect(body['total']).toBeGreaterThanOrEqual(2 * tables);
  const reaction = await kitchen.send(oskar, '/jobs', { ...rebuild(), consumer: `${kitchen.name}.serve` });
  expect(reaction).toMatchObject({ status: 409, body: { type: 'urn:waybill:problem:ops.not-rebuildable' } });
  await kitchen.db.query('CREATE VIEW public.busy AS SELECT * FROM public.board WHERE dishes > 3');
  const seen = await kitchen.send(oskar, '/jobs', rebuild());
  expect(seen).toMatchObject({ status: 409, body: { type: 'urn:waybill:problem:ops.not-rebuildable' } });
  expect(seen.body['detail']).toContain('view busy');
  await kitchen.db.query('DROP VIEW public.busy');
});

test('a projection that a mended handler rebuilds is compared and swapped in, while live events come', async () => {
  await kitchen.stop();
  await kitchen.start({ BOARD: 'mended' });
  const id = await begun();
  const ready = await inState(id, 'ready');
  expect(ready['report']).toMatchObject({
    tables: [{ table: 'board', equal: 0, different: tables, onlyOld: 0, columns: [{ column: 'first', rows: tables }] }],
    entities: { equal: tables, different: 0, onlyOld: 0, onlyNew: 0 },
    parked: { dead: 0 },
  });
  expect(await kitchen.send(oskar, '/jobs', rebuild())).toMatchObject({
    ...{ status: 409, body: { type: 'urn:waybill:problem:ops.rebuild-under-way' } },
  });
  let ordered = 0;
  const ordering = (async () => {
    for (; ordered < 25; ordered += 1) await kitchen.order(`table-${ordered % 7}`, dish('cake'));
  })();
  expect(await kitchen.send(oskar, `/jobs/${id}/swap`, { reason: 'it looks right' })).toMatchObject({ status: 200 });
  await ordering;
  const done = await inState(id, 'done');
  await boardHas(2 * tables + ordered);
  const { rows } = await kitchen.db.query(`SELECT 1 FROM public.board WHERE first <> 'bread'`);
  expect(rows).toEqual([]);
  const swapped = (done['report'] as { swapped: { retiredSchema: string } }).swapped;
  const retired = await kitchen.db.query(`SELECT count(*) FROM ${swapped.retiredSchema}.board WHERE first <> 'bread'`);
  expect(retired.rows).toEqual([{ count: String(tables) }]);
  const { rows: indexes } = await kitchen.db.query(
    `SELECT indexname FROM pg_indexes WHERE schemaname = 'public' AND tablename = 'board' ORDER BY 1`,
  );
  expect(indexes.map((row) => (row as { indexname: string }).indexname)).toEqual(['board_by_dishes', 'board_pkey']);
  // Each event has one effect in what the living consumer did and does, and the rebuild's were counted apart.
  const { rows: doubled } = await kitchen.db.query(
    `SELECT event_id FROM public.effect_ledger WHERE consumer = $1 GROUP BY event_id HAVING count(*) > 1`,
    [`${kitchen.name}.board`],
  );
  expect(doubled).toEqual([]);
  const audit = await kitchen.get(aki, `/audit?target=job/${id}`);
  expect(audit.body['entries']).toMatchObject([
    { action: 'job.swapped', actor: 'oskar', details: { tables: ['board'], vanished: 0 } },
    { action: 'job.swap', actor: 'oskar' },
    { action: 'job.start', actor: 'oskar', details: { kind: 'rebuild' } },
  ]);
  expect((await kitchen.get(oskar, '/pauses')).body['pauses']).toEqual([]);
  expect(await kitchen.send(oskar, `/jobs/${id}/discard`, {})).toMatchObject({ status: 200 });
  expect(await kitchen.send(oskar, `/jobs/${id}/discard`, {})).toMatchObject({ status: 409 });
  const { rows: left } = await kitchen.db.query(`SELECT 1 FROM pg_namespace WHERE nspname = $1`, [
    swapped.retiredSchema,
  ]);
  expect(left).toEqual([]);
});

test('rows that only the old generation has vanish with a second person’s consent alone', async () => {
  await kitchen.db.query(
    `INSERT INTO public.board (table_id, dishes, first, updated_at) VALUES ('by-hand', 0, 'nothing', now())`,
  );
  const id = await begun();
  const ready = await inState(id, 'ready');
  expect(ready['report']).toMatchObject({ tables: [{ onlyOld: 1, different: 0, examples: { onlyOld: ['by-hand'] } }] });
  const asked = await kitchen.send(oskar, `/jobs/${id}/swap`, { reason: 'nobody knows that row' });
  expect(asked).toMatchObject({ status: 202, body: { result: 'waits-for-approval' } });
  const decided = await kitchen.send(ada, `/approvals/${String(asked.body['approval'])}/decide`, {
    decision: 'approve',
  });
  expect(decided).toMatchObject({ status: 200, body: { job: id } });
  await inState(id, 'done');
  const { rows } = await kitchen.db.query(`SELECT 1 FROM public.board WHERE table_id = 'by-hand'`);
  expect(rows).toEqual([]);
});
