import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { ada, type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

const tables = 30;
let kitchen: KitchenWorld;
/** What each table ordered, as the topic has it: what a projection made anew of it must say. */
const ordered = new Map<string, string[]>();
beforeAll(async () => {
  kitchen = await kitchenWorld({ BOARD: 'mended' });
  await kitchen.start();
  for (let table = 0; table < tables; table += 1) await order(`table-${table}`, 'bread', 'soup', 'cake');
  await boardIsRight();
});
afterAll(async () => kitchen.close());

async function order(table: string, ...dishes: readonly string[]): Promise<void> {
  await kitchen.order(table, ...dishes.map((name) => ({ name, guest: 'Somebody' })));
  ordered.set(table, [...(ordered.get(table) ?? []), ...dishes]);
}

async function boardIsRight(): Promise<void> {
  const right = [...ordered].map(([table, dishes]) => `${table} ${dishes.length} ${dishes[0]}`).toSorted();
  await eventually(
    async () => {
      const { rows } = await kitchen.db.query<{ line: string }>(
        `SELECT concat_ws(' ', table_id, dishes, first) AS line FROM public.board`,
      );
      expect(rows.map(({ line }) => line).toSorted()).toEqual(right);
      return true;
    },
    { what: 'the board says what was ordered', deadlineMs: 60_000 },
  );
}

async function begun(pace: object = {}): Promise<string> {
  const job = { kind: 'rebuild', consumer: `${kitchen.name}.board`, pace, reason: 'a test of it' };
  const asked = await kitchen.send(oskar, '/jobs', job);
  expect(asked).toMatchObject({ status: 200 });
  return String(asked.body['job']);
}

async function jobOf(id: string): Promise<Record<string, unknown>> {
  return (await kitchen.get(oskar, `/jobs/${id}`)).body;
}

async function inState(id: string, ...states: readonly string[]): Promise<Record<string, unknown>> {
  await eventually(async () => states.includes(String((await jobOf(id))['state'])), {
    what: `the job is ${states.join(' or ')}`,
    deadlineMs: 60_000,
  }).catch(async (error: unknown) => {
    throw new Error(`${String(error)}: ${JSON.stringify(await jobOf(id))}`);
  });
  return jobOf(id);
}

async function steer(id: string, action: 'pause' | 'resume' | 'cancel'): Promise<void> {
  expect(await kitchen.send(oskar, `/jobs/${id}/steer`, { action })).toMatchObject({ status: 200 });
}

/** Asks for the swap; where rows would vanish another person agrees. */
async function swap(id: string): Promise<void> {
  const asked = await kitchen.send(oskar, `/jobs/${id}/swap`, { reason: 'it looks right' });
  if (asked.status === 200) return;
  expect(asked).toMatchObject({ status: 202 });
  const path = `/approvals/${String(asked.body['approval'])}/decide`;
  expect(await kitchen.send(ada, path, { decision: 'approve' })).toMatchObject({ status: 200 });
}

test.each([
  ['publishes', 'board publishes soup', /published an event/],
  ['writes to a table that it does not declare', 'board strays at soup', /wrote public\.off_the_menu/],
])('a rebuild whose handler %s stops, keeps nothing of that, and goes on when it is mended', async (_, menu, note) => {
  await kitchen.takeOff(menu);
  const id = await begun();
  expect(await inState(id, 'stopped')).toMatchObject({ note: expect.stringMatching(note) as string });
  const { rows } = await kitchen.db.query(`SELECT 1 FROM waybill.outbox WHERE aggregateid = 'echo'`);
  expect(rows).toEqual([]);
  await kitchen.putBack(menu);
  await steer(id, 'resume');
  expect(await inState(id, 'ready')).toMatchObject({ report: { tables: [{ equal: ordered.size, different: 0 }] } });
  await steer(id, 'cancel');
  await boardIsRight();
});

test('a rebuild that is cancelled leaves nothing behind', async () => {
  const id = await begun({ perSecond: 10 });
  await eventually(async () => Number((await jobOf(id))['total']) > 0, { what: 'it has begun', deadlineMs: 30_000 });
  await steer(id, 'cancel');
  expect(await jobOf(id)).toMatchObject({ state: 'cancelled' });
  await eventually(
    async () => {
      const { rows } = await kitchen.db.query(
        `SELECT nspname FROM pg_namespace WHERE nspname LIKE 'waybill\\_new\\_%'
         UNION ALL SELECT consumer FROM waybill.entity WHERE consumer LIKE '%@%'
         UNION ALL SELECT consumer FROM waybill.consumer_position WHERE consumer LIKE '%@%'`,
      );
      return rows.length === 0;
    },
    { what: 'its tables and rows are gone', deadlineMs: 40_000 },
  );
  await boardIsRight();
});

test('what fails in the new generation becomes the consumer’s with the swap, and is finished there', async () => {
  await order('harbour', 'bread', 'fish', 'cake');
  await boardIsRight();
  await kitchen.takeOff('board fish');
  const id = await begun();
  expect(await inState(id, 'ready')).toMatchObject({
    report: {
      tables: [{ different: 1, columns: [{ column: 'dishes', rows: 1 }], examples: { different: ['harbour'] } }],
      entities: { different: 1, examples: [{ old: 3, new: 1 }] },
      parked: { dead: 1, behind: 1, failures: [{ code: 'kitchen.no-board', events: 1 }] },
    },
  });
  const before = await kitchen.get(oskar, `/parked`);
  expect(before.body['total']).toBe(0);
  expect(JSON.stringify((await kitchen.get(oskar, '/overview')).body)).not.toContain('@');
  await swap(id);
  await inState(id, 'done');
  const parked = await kitchen.get(oskar, `/parked?consumer=${kitchen.name}.board`);
  expect(parked.body).toMatchObject({
    total: 2,
    entries: [
      { state: 'dead', version: 2 },
      { state: 'waiting', version: 3 },
    ],
  });
  await kitchen.putBack('board fish');
  const [entry] = parked.body['entries'] as { id: string }[];
  expect(await kitchen.send(oskar, `/parked/${entry?.id ?? ''}/redrive`, {})).toMatchObject({ status: 200 });
  await boardIsRight();
  expect((await kitchen.get(oskar, '/parked')).body['total']).toBe(0);
});

test('a rebuild outlives its process, killed while it is built and again while it is swapped in', async () => {
  const id = await begun({ perSecond: 25 });
  await eventually(async () => Number((await jobOf(id))['taken']) >= 25, { what: 'some is read', deadlineMs: 30_000 });
  await steer(id, 'pause');
  const paused = await jobOf(id);
  expect(paused).toMatchObject({ state: 'paused' });
  await kitchen.send(oskar, `/jobs/${id}/pace`, { perSecond: 60 });
  await steer(id, 'resume');
  await eventually(async () => Number((await jobOf(id))['taken']) > Number(paused['taken']), {
    what: 'it goes on',
    deadlineMs: 30_000,
  });
  kitchen.kill();
  await kitchen.start({}, 'answering');
  expect(await inState(id, 'ready')).toMatchObject({ report: { tables: [{ equal: ordered.size, different: 0 }] } });
  await swap(id);
  await order('late', 'bread');
  kitchen.kill();
  await kitchen.start({}, 'answering');
  await order('later', 'bread');
  await inState(id, 'done');
  await boardIsRight();
  expect((await kitchen.get(oskar, '/pauses')).body['pauses']).toEqual([]);
}, 150_000);

test('a rebuild that another deployment comes to waits for a person, and goes on when it is resumed', async () => {
  await kitchen.stop();
  await kitchen.start({ SERVICE_VERSION: '1.0' });
  const id = await begun({ perSecond: 4 });
  await eventually(async () => Number((await jobOf(id))['total']) > 0, { what: 'it has begun', deadlineMs: 30_000 });
  await kitchen.stop();
  await kitchen.start({ SERVICE_VERSION: '1.1' });
  expect(await inState(id, 'stopped')).toMatchObject({
    note: expect.stringMatching(/^Version 1\.1 .* version 1\.0 .* resume it; else cancel it/) as string,
  });
  await kitchen.send(oskar, `/jobs/${id}/pace`, { perSecond: 1_000 });
  await steer(id, 'resume');
  expect(await inState(id, 'ready')).toMatchObject({ report: { tables: [{ equal: ordered.size, different: 0 }] } });
  await steer(id, 'cancel');
  await boardIsRight();
}, 150_000);

test('a projection whose history is lost goes on from its rebuild', async () => {
  await order('before', 'bread');
  await boardIsRight();
  await kitchen.stop();
  await kitchen.db.query('DELETE FROM waybill.consumer_position WHERE consumer = $1', [`${kitchen.name}.board`]);
  await kitchen.start({}, 'answering');
  const stateOf = async () => {
    const { consumers } = (await kitchen.get(oskar, '/overview')).body as {
      consumers?: { name: string; state: string }[];
    };
    return consumers?.find(({ name }) => name === `${kitchen.name}.board`)?.state;
  };
  await eventually(async () => (await stateOf()) === 'failed', { what: 'its history is lost', deadlineMs: 60_000 });
  await order('meanwhile', 'bread', 'cake');
  const id = await begun();
  expect(await inState(id, 'ready')).toMatchObject({ report: { tables: [{ onlyOld: 0, onlyNew: 1, different: 0 }] } });
  await swap(id);
  await inState(id, 'done');
  await boardIsRight();
  // From there it goes on once its process is started again.
  const { rows } = await kitchen.db.query(
    `SELECT sum(next_offset) AS sum, count(*) AS places FROM waybill.consumer_position
      WHERE next_offset IS NOT NULL AND consumer = ANY ($1) GROUP BY consumer`,
    [['board', 'bill'].map((what) => `${kitchen.name}.${what}`)],
  );
  expect(rows).toEqual([rows[0], rows[0]]);
}, 150_000);
