import { afterAll, beforeAll, expect, test } from 'vitest';
import { inspectTables } from '../../../src/index.ts';
import { dropTemplate, type RebuildingHarness, rebuildingHarness } from './harness.ts';

let shop: RebuildingHarness;
beforeAll(async () => {
  shop = await rebuildingHarness();
  await shop.rows('CREATE TABLE public.other (id text PRIMARY KEY REFERENCES public.view)');
  await shop.rows('ALTER TABLE public.other DROP CONSTRAINT other_id_fkey');
});
afterAll(async () => {
  await shop.close();
  await dropTemplate();
});

/** What is made, what is found, and how it is taken away again. */
const cases: readonly (readonly [found: RegExp, make: string, undo: string])[] = [
  [
    /foreign key other_fk of other/,
    'ALTER TABLE public.other ADD CONSTRAINT other_fk FOREIGN KEY (id) REFERENCES public.view',
    'ALTER TABLE public.other DROP CONSTRAINT other_fk',
  ],
  [
    /foreign key view_fk of view/,
    'ALTER TABLE public.view ADD CONSTRAINT view_fk FOREIGN KEY (id) REFERENCES public.other',
    'ALTER TABLE public.view DROP CONSTRAINT view_fk',
  ],
  [
    /trigger loud/,
    `CREATE TRIGGER loud BEFORE UPDATE ON public.view FOR EACH ROW EXECUTE FUNCTION suppress_redundant_updates_trigger()`,
    'DROP TRIGGER loud ON public.view',
  ],
  [/view totals/, 'CREATE VIEW public.totals AS SELECT sum(total) FROM public.view', 'DROP VIEW public.totals'],
  [/rule quiet/, 'CREATE RULE quiet AS ON DELETE TO public.view DO INSTEAD NOTHING', 'DROP RULE quiet ON public.view'],
  [
    /function sum_of/,
    'CREATE FUNCTION public.sum_of() RETURNS bigint BEGIN ATOMIC SELECT sum(total) FROM public.view; END',
    'DROP FUNCTION public.sum_of',
  ],
  [
    /row-level security/,
    'ALTER TABLE public.view ENABLE ROW LEVEL SECURITY',
    'ALTER TABLE public.view DISABLE ROW LEVEL SECURITY',
  ],
  [/sequence counted/, 'CREATE SEQUENCE public.counted OWNED BY public.view.total', 'DROP SEQUENCE public.counted'],
  [/inheritance/, 'CREATE TABLE public.heir () INHERITS (public.view)', 'DROP TABLE public.heir'],
  [/publication outward/, 'CREATE PUBLICATION outward FOR TABLE public.view', 'DROP PUBLICATION outward'],
  [
    /no primary key/,
    'ALTER TABLE public.view DROP CONSTRAINT view_pkey',
    'ALTER TABLE public.view ADD PRIMARY KEY (id)',
  ],
];

test.each(cases)('a table with %s cannot be made anew', async (found, make, undo) => {
  expect((await inspectTables(shop.pool, [{ name: 'view' }])).problems).toEqual([]);
  await shop.rows(make);
  const { problems } = await inspectTables(shop.pool, [{ name: 'view' }]);
  await shop.rows(undo);
  expect(problems).toEqual([expect.stringMatching(found)]);
});

test('a key that the database makes up, and a table that is not there, are refused', async () => {
  await shop.rows('CREATE TABLE public.numbered (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY)');
  const { problems } = await inspectTables(shop.pool, [{ name: 'numbered' }, { name: 'nowhere' }]);
  expect(problems).toEqual([
    expect.stringContaining('numbered has id in its primary key') as string,
    'there is no table nowhere on the search path',
  ]);
});

test('the new table has the grants, the storage settings and the names of indexes of the living one', async () => {
  const role = `reader_${process.pid}`;
  await shop.rows(`CREATE ROLE ${role}`);
  try {
    await shop.rows(`GRANT SELECT ON public.view TO ${role}`);
    await shop.rows(`GRANT UPDATE (note) ON public.view TO ${role}`);
    await shop.rows('ALTER TABLE public.view SET (fillfactor = 71)');
    await shop.rows('ALTER INDEX public.view_by_total RENAME TO view_pkey_of_old');
    const { generation } = await shop.generation();
    const [made] = await shop.rows(
      `SELECT reloptions, has_table_privilege($2, oid, 'SELECT') AS reads, has_table_privilege($2, oid, 'UPDATE') AS writes,
              has_column_privilege($2, oid, 'note', 'UPDATE') AS notes FROM pg_class WHERE oid = $1::regclass`,
      [`${generation.schema}.view`, role],
    );
    expect(made).toEqual({ reloptions: ['fillfactor=71'], reads: true, writes: false, notes: true });
    const indexes = await shop.rows(`SELECT indexname FROM pg_indexes WHERE schemaname = $1 ORDER BY 1`, [
      generation.schema,
    ]);
    expect(indexes.map((row) => row['indexname'])).toEqual(['view_pkey', 'view_pkey_of_old']);
  } finally {
    await shop.rows(`DROP OWNED BY ${role}`);
    await shop.rows(`DROP ROLE ${role}`);
  }
});
