import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { consumer, fact, on, TerminalError } from '@waybill/messaging';
import { OrderConfirmedV1, OrderFulfilledV1, orderId } from '@waybill/schemas';
import { eventually, uniqueName } from '@waybill/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namedBlocks } from '../documents/code-blocks.ts';
import {
  deliverAgain,
  endTeamServices,
  prepareContracts,
  startTeamService,
  type TeamService,
} from '../documents/team-service.ts';

const statements = namedBlocks(readFileSync(new URL('../../../../docs/guide/operate.md', import.meta.url), 'utf8'));
const publishes = [OrderConfirmedV1, OrderFulfilledV1];
const name = uniqueName('warehouse.picking');
const refused = new Set<string>();
let orders: TeamService;
/** Another service of the same context, whose relay is off: what it publishes is nowhere to be had. */
let elsewhere: TeamService;
let warehouse: TeamService;

const picking = consumer({
  name,
  kind: 'reaction',
  from: 'beginning',
  gapPatienceMs: 100,
  handlers: [
    on(OrderConfirmedV1, async ({ data }, { tx }) => {
      if (refused.has(data.orderId)) throw new TerminalError('There is no such shelf.', { code: 'warehouse.no-shelf' });
      await tx.query(`insert into done values ($1, 'confirmed')`, [data.orderId]);
    }),
    on(OrderFulfilledV1, async ({ data }, { tx }) => {
      await tx.query(`insert into done values ($1, 'fulfilled')`, [data.orderId]);
    }),
  ],
});

beforeAll(async () => {
  await prepareContracts(publishes);
  const tables = 'create table nothing ()';
  [orders, elsewhere] = await Promise.all([
    startTeamService({ name: 'orders', tables, publishes }),
    startTeamService({ name: 'elsewhere', tables, publishes, variables: { RELAY: 'off' } }),
  ]);
  warehouse = await startTeamService({
    name: 'warehouse',
    tables: 'create table done (order_id text, what text)',
    consumers: [picking],
    variables: { PRODUCER_URLS: `orders=${orders.url}` },
  });
});

afterAll(endTeamServices);

/** Publishes that an order was confirmed, and that it was fulfilled. */
async function twoEvents(service: TeamService, before: (id: string) => unknown = () => {}): Promise<string> {
  const id = randomUUID();
  before(id);
  await service.runtime.transaction(async (tx) => {
    await service.runtime.publishAll(tx, [
      fact(OrderConfirmedV1, { aggregateId: id, data: { orderId: orderId(id), confirmedAt: new Date() } }),
      fact(OrderFulfilledV1, { aggregateId: id, data: { orderId: orderId(id), fulfilledAt: new Date() } }),
    ]);
  });
  return id;
}

/** An order whose first event the handler refuses, and whose second waits behind it. */
async function refusedOrder(): Promise<{ readonly id: string; readonly parked: string }> {
  const id = await twoEvents(orders, (made) => refused.add(made));
  const waiting = await eventually(
    async () => {
      const { rows } = await warehouse.pool.query<{ id: string; reason: string }>(
        'select id, reason from waybill.parked where consumer = $1 and aggregate_id = $2 order by version',
        [name, id],
      );
      return rows.length === 2 && rows[0]?.reason === 'dead' ? rows : undefined;
    },
    { what: 'one event is dead and the next waits', deadlineMs: 30_000 },
  );
  return { id, parked: waiting[0]?.id ?? '' };
}

/** Runs a statement of the guide, as `psql` would with the variable `id`. */
async function run(statement: string, id: string): Promise<void> {
  const text = statements.get(statement);
  if (text === undefined) throw new Error(`the guide has no ${statement}`);
  await warehouse.pool.query(text.replaceAll(/(?<!:):id\b/g, id));
}

const done = async (id: string) =>
  (await warehouse.pool.query<{ what: string }>('select what from done where order_id = $1', [id])).rows.map(
    ({ what }) => what,
  );

/** What was done for an order, once so many things were and nothing of it is parked any more. */
async function doneAtRest(id: string, count: number): Promise<readonly string[]> {
  await eventually(
    async () => {
      const { rows } = await warehouse.pool.query(
        'select id from waybill.parked where consumer = $1 and aggregate_id = $2',
        [name, id],
      );
      return rows.length === 0 && (await done(id)).length === count;
    },
    { what: `${count} effects, and nothing parked`, deadlineMs: 30_000 },
  );
  return done(id);
}

describe('the statements of the guide', () => {
  test('redrive a dead event, and what waited behind it follows', async () => {
    const { id, parked } = await refusedOrder();
    refused.delete(id);
    await run('redrive.sql', parked);
    expect(await doneAtRest(id, 2)).toEqual(['confirmed', 'fulfilled']);
  });

  test('skip a dead event for good, and what waited behind it follows', async () => {
    const { id, parked } = await refusedOrder();
    await run('skip.sql', parked);
    expect(await doneAtRest(id, 1)).toEqual(['fulfilled']);
    refused.delete(id);
    await deliverAgain(orders.url, id, 1);
    const skipped = async () =>
      (
        await warehouse.pool.query<{ reason: string }>(
          'select reason from waybill.skipped where consumer = $1 and aggregate_id = $2 order by skipped_at',
          [name, id],
        )
      ).rows.map(({ reason }) => reason);
    await eventually(async () => (await skipped()).length === 2, { what: 'the skipped event comes again' });
    expect(await skipped()).toEqual(['operator', 'duplicate']);
    expect(await done(id)).toEqual(['fulfilled']);
  });

  test('pass a gap that nobody can close; a missing event that comes after all is handled late', async () => {
    const id = await twoEvents(elsewhere);
    await deliverAgain(elsewhere.url, id, 2);
    const parked = await eventually(
      async () =>
        (
          await warehouse.pool.query<{ id: string }>(
            `select id from waybill.parked
              where consumer = $1 and aggregate_id = $2 and error_code = 'event.predecessor-missing'`,
            [name, id],
          )
        ).rows[0]?.id,
      { what: 'the gap is dead', deadlineMs: 30_000 },
    );
    await run('pass-gap.sql', parked);
    expect(await doneAtRest(id, 1)).toEqual(['fulfilled']);
    await deliverAgain(elsewhere.url, id, 1);
    expect(await doneAtRest(id, 2)).toEqual(['fulfilled', 'confirmed']);
  });
});
