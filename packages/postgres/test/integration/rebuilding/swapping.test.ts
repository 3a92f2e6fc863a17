import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  compareTable,
  forgetSetBack,
  type GenerationRow,
  generationInbox,
  type LivingTable,
  postgresInbox,
  swapGeneration,
  SwapRefusedError,
  transaction,
} from '../../../src/index.ts';
import { dropTemplate, type RebuildingHarness, rebuildingHarness } from './harness.ts';

let shop: RebuildingHarness;
let generation: GenerationRow;
let tables: readonly LivingTable[];
beforeEach(async () => {
  shop = await rebuildingHarness();
  ({ generation, tables } = await shop.generation());
  await shop.position(shop.consumer, 10);
  await shop.position(generation.name, 10);
});
afterEach(async () => shop.close());
afterAll(dropTemplate);

async function swap(prepared: { readonly lost?: readonly string[] } = {}) {
  const setBack = await forgetSetBack(shop.pool, generation);
  const lost = new Set(prepared.lost);
  return transaction(shop.pool, async (tx) =>
    swapGeneration(tx, { generation, tables, topics: ['shop'], lost, setBack }),
  );
}

async function entities(): Promise<Record<string, number>> {
  const rows = await shop.rows(`SELECT aggregate_id, applied FROM waybill.entity WHERE consumer = $1 ORDER BY 1`, [
    shop.consumer,
  ]);
  return Object.fromEntries(rows.map((row) => [String(row['aggregate_id']), Number(row['applied'])]));
}

async function parked(): Promise<readonly string[]> {
  const rows = await shop.rows(
    `SELECT aggregate_id, version, reason, due_at IS NOT NULL AS due FROM waybill.parked WHERE consumer = $1 ORDER BY 1, 2`,
    [shop.consumer],
  );
  return rows.map(
    (row) =>
      `${String(row['aggregate_id'])} ${String(row['version'])} ${String(row['reason'])}${row['due'] === true ? ' due' : ''}`,
  );
}

describe('a swap', () => {
  test('puts the new tables in the place of the old ones, for who reads them by a prepared statement too', async () => {
    const reader = await shop.pool.connect();
    const read = async () =>
      (
        await reader.query<{ total: number }>({
          name: 'read',
          text: 'SELECT total FROM view WHERE id = $1',
          values: ['a'],
        })
      ).rows;
    await shop.rows(`INSERT INTO public.view VALUES ('a', 1)`);
    await shop.rows(`INSERT INTO ${generation.schema}.view VALUES ('a', 2)`);
    expect(await read()).toEqual([{ total: 1 }]);
    await swap();
    expect(await read()).toEqual([{ total: 2 }]);
    reader.release();
    expect(await shop.rows(`SELECT total FROM ${generation.retiredSchema}.view`)).toEqual([{ total: 1 }]);
    const indexes = await shop.rows(`SELECT indexname FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1`);
    expect(indexes.map((row) => row['indexname'])).toEqual(['view_by_total', 'view_pkey']);
  });

  test('gives the consumer the versions that the new generation has reached', async () => {
    for (const [id, old, young] of [
      ['same', 4, 4],
      ['ahead', 4, 7],
      ['back', 9, 6],
    ] as const) {
      await shop.entity(shop.consumer, id, old);
      await shop.entity(generation.name, id, young);
    }
    await shop.entity(shop.consumer, 'gone', 3);
    await shop.entity(generation.name, 'found', 2);
    for (const version of [5, 6, 7, 8, 9]) await shop.handled('back', version);
    expect((await swap()).entities).toBe(4);
    expect(await entities()).toEqual({ ahead: 7, back: 6, found: 2, gone: 0, same: 4 });
    // What is to be handled again must not be taken for handled.
    const handled = await shop.rows(`SELECT version FROM waybill.inbox ORDER BY 1`);
    expect(handled.map((row) => Number(row['version']))).toEqual([5, 6]);
  });

  test('makes the new generation’s parked events the consumer’s, and has those go that it covers', async () => {
    await shop.entity(shop.consumer, 'mended', 1);
    await shop.entity(generation.name, 'mended', 5);
    await shop.parked(shop.consumer, 'mended', 2, 'dead');
    await shop.parked(shop.consumer, 'mended', 3, 'behind');
    await shop.entity(shop.consumer, 'worse', 3);
    await shop.entity(generation.name, 'worse', 1);
    await shop.parked(generation.name, 'worse', 2, 'dead');
    await shop.parked(generation.name, 'worse', 3, 'behind');
    await shop.entity(shop.consumer, 'both', 1);
    await shop.entity(generation.name, 'both', 1);
    const [first, second] = [
      await shop.parked(shop.consumer, 'both', 2, 'dead'),
      await shop.parked(shop.consumer, 'both', 3, 'behind'),
    ];
    await shop.parked(generation.name, 'both', 2, 'behind', first);
    await shop.parked(generation.name, 'both', 3, 'dead', second);
    await shop.rows(`UPDATE waybill.parked SET assignee = 'ada' WHERE consumer = $1`, [shop.consumer]);
    const { superseded, failed } = await swap();
    expect(superseded).toHaveLength(2);
    expect(failed).toMatchObject([{ state: 'dead', failure: { code: 'x', message: generation.name } }]);
    expect(await parked()).toEqual(['both 2 behind due', 'both 3 dead', 'worse 2 dead', 'worse 3 behind']);
    const kept = await shop.rows(`SELECT assignee FROM waybill.parked WHERE aggregate_id = 'both'`);
    expect(kept).toEqual([{ assignee: 'ada' }, { assignee: 'ada' }]);
    expect(await shop.rows(`SELECT 1 FROM waybill.parked WHERE consumer = $1`, [generation.name])).toEqual([]);
  });

  test('is refused, and changes nothing, while the two are at different offsets', async () => {
    await shop.position(shop.consumer, 11);
    await shop.rows(`INSERT INTO public.view VALUES ('a', 1)`);
    await expect(swap()).rejects.toBeInstanceOf(SwapRefusedError);
    expect(await shop.rows(`SELECT state FROM waybill.generation`)).toEqual([{ state: 'building' }]);
    expect(await shop.rows(`SELECT total FROM public.view`)).toEqual([{ total: 1 }]);
  });

  test.each([
    ['outside of the log', async () => shop.position(shop.consumer, 3)],
    ['gone', async () => shop.rows(`DELETE FROM waybill.consumer_position WHERE consumer = $1`, [shop.consumer])],
  ])('has a consumer whose place is %s go on from the generation’s', async (_, lose) => {
    await lose();
    await expect(swap()).rejects.toBeInstanceOf(SwapRefusedError);
    await swap({ lost: ['shop/0'] });
    const [row] = await shop.rows(`SELECT next_offset FROM waybill.consumer_position WHERE consumer = $1`, [
      shop.consumer,
    ]);
    expect(row).toEqual({ next_offset: '10' });
  });

  test('gives way to a transaction that reads the table for long, and can be tried again', async () => {
    const report = await shop.pool.connect();
    await report.query('BEGIN');
    await report.query('SELECT count(*) FROM public.view');
    await expect(swap()).rejects.toMatchObject({ code: '55P03' });
    await report.query('COMMIT');
    report.release();
    await expect(swap()).resolves.toMatchObject({ entities: 0 });
  });

  test('is refused when an entity goes on after it was prepared', async () => {
    await shop.entity(shop.consumer, 'back', 9);
    await shop.entity(generation.name, 'back', 6);
    const setBack = await forgetSetBack(shop.pool, generation);
    await shop.rows(`UPDATE waybill.entity SET applied = 10 WHERE consumer = $1`, [shop.consumer]);
    const late = transaction(shop.pool, async (tx) =>
      swapGeneration(tx, { generation, tables, topics: ['shop'], lost: new Set(), setBack }),
    );
    await expect(late).rejects.toBeInstanceOf(SwapRefusedError);
  });

  test('of many entities of which few differ holds readers up for a moment', { timeout: 60_000 }, async () => {
    const many = 50_000;
    for (const name of [shop.consumer, generation.name]) {
      await shop.rows(
        `INSERT INTO waybill.entity (consumer, tenant, aggregate_type, aggregate_id, applied)
         SELECT $1, '', 'order', 'order-' || n, 3 FROM generate_series(1, ${many}) n`,
        [name],
      );
      const schema = name === shop.consumer ? 'public' : generation.schema;
      await shop.rows(`INSERT INTO ${schema}.view SELECT 'order-' || n, n FROM generate_series(1, ${many}) n`);
    }
    await shop.rows(`UPDATE waybill.entity SET applied = 5 WHERE consumer = $1 AND aggregate_id LIKE 'order-1777_'`, [
      generation.name,
    ]);
    await shop.rows('ANALYZE waybill.entity');
    const { entities: changed, lockedAt } = await swap();
    expect(changed).toBe(10);
    expect(performance.now() - lockedAt).toBeLessThan(500);
  });
});

describe('a comparison', () => {
  test('tells rows by their keys, and columns by how many differ', async () => {
    await shop.rows(
      `INSERT INTO public.view VALUES ('a', 1, '{"x": 1}'), ('b', 2, NULL), ('c', 3, NULL), ('old', 9, NULL)`,
    );
    await shop.rows(
      `INSERT INTO ${generation.schema}.view VALUES ('a', 1, '{"x": 1}'), ('b', 7, '{}'), ('c', 7, NULL), ('new', 9, NULL)`,
    );
    const [table] = tables;
    if (table === undefined) throw new Error('no table');
    expect(await compareTable(shop.pool, table, generation)).toEqual({
      ...{ table: 'view', equal: 1, different: 2, onlyOld: 1, onlyNew: 1 },
      columns: [
        { column: 'total', rows: 2 },
        { column: 'note', rows: 1 },
      ],
      examples: { different: ['b', 'c'], onlyOld: ['old'], onlyNew: ['new'] },
    });
    expect(await compareTable(shop.pool, table, generation, ['total'])).toMatchObject({ equal: 2, different: 1 });
  });
});

describe('the inbox of a generation', () => {
  const write = async (tx: { query(sql: string, params?: readonly unknown[]): Promise<unknown> }, total: number) =>
    tx.query('INSERT INTO view VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET total = excluded.total', ['a', total]);

  test('has unqualified names mean its own tables, on connections that have prepared the statement for the others', async () => {
    const inbox = postgresInbox(shop.pool);
    const made = generationInbox(inbox, generation);
    for (let round = 0; round < 6; round += 1) {
      await inbox.transaction(async ({ db }) => write(db, 1));
      await made.transaction(async ({ db }) => write(db, 2));
    }
    expect(await shop.rows('SELECT total FROM public.view')).toEqual([{ total: 1 }]);
    expect(await shop.rows(`SELECT total FROM ${generation.schema}.view`)).toEqual([{ total: 2 }]);
  });

  test('commits nothing that was written beside its tables, and nothing after that', async () => {
    const made = generationInbox(postgresInbox(shop.pool), generation);
    const stray = made.transaction(async ({ db }) => db.query(`INSERT INTO public.view VALUES ('a', 1)`));
    await expect(stray).rejects.toMatchObject({
      code: 'rebuild.wrote-outside',
      message: expect.stringContaining('public.view') as string,
    });
    await expect(made.transaction(async ({ db }) => write(db, 2))).rejects.toMatchObject({
      code: 'rebuild.wrote-outside',
    });
    expect(await shop.rows('SELECT 1 FROM public.view')).toEqual([]);
    expect(await shop.rows(`SELECT 1 FROM ${generation.schema}.view`)).toEqual([]);
  });

  test('is over once it was swapped in: nobody who comes late writes to the living tables', async () => {
    const made = generationInbox(postgresInbox(shop.pool), generation);
    await swap();
    await expect(made.transaction(async ({ db }) => write(db, 2))).rejects.toMatchObject({ code: 'rebuild.over' });
    expect(await shop.rows('SELECT 1 FROM public.view')).toEqual([]);
  });

  test('keeps a swap waiting for the transaction that is under way', async () => {
    const made = generationInbox(postgresInbox(shop.pool), generation);
    await made.transaction(async ({ db }) => {
      await write(db, 2);
      await expect(swap()).rejects.toMatchObject({ code: '55P03' });
    });
    await swap();
    expect(await shop.rows('SELECT total FROM public.view')).toEqual([{ total: 2 }]);
  });
});
