import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { consumer, fact, on, TerminalError } from '@waybill/messaging';
import { OrderConfirmedV1, OrderFulfilledV1, orderId } from '@waybill/schemas';
import { eventually, uniqueName } from '@waybill/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { endTeamServices, prepareContracts, startTeamService, type TeamService } from '../documents/team-service.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const secret = 'a-secret-of-thirty-two-or-more-characters';
const name = uniqueName('warehouse.picking');
const refused = new Set<string>();
const directory = mkdtempSync(join(tmpdir(), 'waybill-operations-'));
let orders: TeamService;
let warehouse: TeamService;

const picking = consumer({
  name,
  kind: 'reaction',
  from: 'beginning',
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
  const publishes = [OrderConfirmedV1, OrderFulfilledV1];
  await prepareContracts(publishes);
  const variables = { OPS_SECRET: secret };
  orders = await startTeamService({ name: 'orders', tables: 'create table nothing ()', publishes, variables });
  warehouse = await startTeamService({
    name: 'warehouse',
    tables: 'create table done (order_id text, what text)',
    consumers: [picking],
    variables: { ...variables, PRODUCER_URLS: `orders=${orders.url}` },
  });
});

afterAll(async () => {
  rmSync(directory, { recursive: true });
  await endTeamServices();
});

interface Run {
  readonly out: string;
  readonly messages: string;
}

/** Runs a command in a pipe, which must end with this status. */
async function waybill(status: number, ...args: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [main, ...args], {
    env: {
      ...process.env,
      WAYBILL_OPS_SERVICES: `orders=${orders.url},warehouse=${warehouse.url}`,
      WAYBILL_OPS_SECRET: secret,
      WAYBILL_OPERATOR: 'ada@example.com',
      // What is compared with is given where it is meant.
      WAYBILL_KAFKA_BROKERS: '',
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, messages, ended] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((settle) => child.once('close', settle)),
  ]);
  if (ended === status) return { out, messages };
  throw new Error(`waybill ${args.join(' ')} ended with ${ended}, and not with ${status}:\n${out}${messages}`);
}

/** What of it the tests go on with. */
interface Said {
  readonly [name: string]: unknown;
  readonly groups: readonly [{ readonly fingerprint: string }];
  readonly data: object;
  readonly approval: string;
  readonly job: string;
  readonly trails: readonly [unknown, { readonly entries: number }];
}

/** The one object that `--json` writes, of a command that must end with this status. */
async function json(status: number, ...args: readonly string[]): Promise<Said> {
  const { out } = await waybill(status, ...args, '--json');
  expect(out.trimEnd().split('\n')).toHaveLength(1);
  return JSON.parse(out) as Said;
}

/** An order whose first event the handler refuses, and whose second waits behind it. */
async function refusedOrder(): Promise<{ readonly id: string; readonly entry: string }> {
  const id = randomUUID();
  refused.add(id);
  await orders.runtime.transaction(async (tx) => {
    await orders.runtime.publishAll(tx, [
      fact(OrderConfirmedV1, { aggregateId: id, data: { orderId: orderId(id), confirmedAt: new Date() } }),
      fact(OrderFulfilledV1, { aggregateId: id, data: { orderId: orderId(id), fulfilledAt: new Date() } }),
    ]);
  });
  const entry = await eventually(
    async () => {
      const { rows } = await warehouse.pool.query<{ id: string; reason: string }>(
        'select id, reason from waybill.parked where consumer = $1 and aggregate_id = $2 order by version',
        [name, id],
      );
      return rows.length === 2 && rows[0]?.reason === 'dead' ? rows[0].id : undefined;
    },
    { what: 'one event is dead and the next waits', deadlineMs: 30_000 },
  );
  return { id, entry };
}

/** What was done for an order, once that many things were. */
async function done(id: string, count: number): Promise<readonly string[]> {
  return eventually(
    async () => {
      const { rows } = await warehouse.pool.query<{ what: string }>('select what from done where order_id = $1', [id]);
      return rows.length === count ? rows.map(({ what }) => what) : undefined;
    },
    { what: `${count} effects`, deadlineMs: 30_000 },
  );
}

// Each command is a process of its own, which takes its time on a busy machine.
describe('failures on the command line', { timeout: 180_000 }, () => {
  test('are found by their kind and one by one, and are tried again', async () => {
    const { id, entry } = await refusedOrder();
    const { groups } = await json(0, 'parked', 'groups', '--consumer', name);
    expect(groups).toMatchObject([{ service: 'warehouse', errorCode: 'warehouse.no-shelf', dead: 1 }]);
    const [{ fingerprint }] = groups;
    const list = await json(0, 'parked', 'ls', '--consumer', name, '--fingerprint', fingerprint);
    expect(list).toMatchObject({ totals: { dead: 1, waiting: 0 }, entries: [{ id: entry, aggregateId: id }] });
    const shown = await waybill(0, 'parked', 'show', 'warehouse', entry);
    expect(shown.out).toContain('There is no such shelf. [warehouse.no-shelf]');
    expect(shown.out).toContain(`./waybill parked redrive warehouse ${entry}`);
    refused.delete(id);
    const redriven = await json(0, 'parked', 'redrive', 'warehouse', entry, '--reason', 'the shelf is there');
    expect(redriven).toMatchObject({ result: 'done', service: 'warehouse', audit: expect.any(Number) });
    expect(await done(id, 2)).toEqual(['confirmed', 'fulfilled']);
    const gone = await json(1, 'parked', 'show', 'warehouse', entry);
    expect(gone).toMatchObject({ error: { service: 'warehouse', status: 404 } });
  });

  test('are skipped when that is confirmed, and not before', async () => {
    const { id, entry } = await refusedOrder();
    const asked = await waybill(2, 'parked', 'skip', 'warehouse', entry, '--reason', 'the order is foreign');
    expect(asked.messages).toContain('--yes');
    expect((await waybill(2, 'parked', 'skip', 'warehouse', entry, '--yes')).messages).toContain('--reason');
    const skipped = await waybill(0, 'parked', 'skip', 'warehouse', entry, '--reason', 'the order is foreign', '--yes');
    expect(skipped.out).toContain(`Done: entry ${entry} is skipped`);
    expect(await done(id, 1)).toEqual(['fulfilled']);
    const journey = await waybill(0, 'journey', id);
    expect(journey.out).toMatch(/OrderConfirmed[^]*an operator gave it up[^]*OrderFulfilled[^]*✓/);
  });

  test('are mended by an edit, which somebody else agrees to', async () => {
    const { id, entry } = await refusedOrder();
    const { data } = await json(0, 'parked', 'show', 'warehouse', entry);
    const other = randomUUID();
    const file = join(directory, 'data.json');
    writeFileSync(file, JSON.stringify({ ...data, orderId: other }));
    const edit = ['parked', 'edit', 'warehouse', entry, '--file', file, '--reason', 'the id was wrong', '--yes'];
    const asked = await json(3, ...edit);
    expect(asked).toMatchObject({
      result: 'waits-for-approval',
      changes: [{ path: 'orderId', before: id, after: other }],
    });
    const { approvals } = await json(0, 'approvals', 'ls');
    expect(approvals).toMatchObject([{ id: asked.approval, service: 'warehouse', actor: 'ada@example.com' }]);
    const own = await waybill(1, 'approvals', 'approve', asked.approval, '--yes');
    expect(own.messages).toContain('Another person has to agree');
    const agreed = await json(0, 'approvals', 'approve', asked.approval, '--yes', '--as', 'grace@example.com');
    expect(agreed).toMatchObject({ result: 'done' });
    expect(await done(other, 1)).toEqual(['confirmed']);
    writeFileSync(file, '{"orderId":7}');
    const { entry: next } = await refusedOrder();
    const wrong = await json(1, 'parked', 'edit', 'warehouse', next, '--file', file, '--reason', 'a try', '--yes');
    expect(wrong).toMatchObject({ error: { status: 422 } });
  });

  test('are tried again by a job, which is shown before and watched to its end', async () => {
    const { id } = await refusedOrder();
    refused.clear();
    const redrive = ['parked', 'redrive', 'warehouse', '--consumer', name, '--entity', id, '--reason', 'it is mended'];
    await waybill(2, 'parked', 'redrive', 'warehouse', '--consumer', name, '--reason', 'why');
    const plan = await json(0, ...redrive, '--dry-run');
    expect(plan['dryRun']).toMatchObject({ total: 1, entities: 1, behind: 1, needsApproval: false });
    await waybill(2, ...redrive);
    const begun = await json(0, ...redrive, '--yes');
    const watched = await waybill(0, 'jobs', 'watch', begun.job);
    expect(watched.out).toContain('done: 1 of 1 ended (100%): 1 done');
    expect(await done(id, 2)).toEqual(['confirmed', 'fulfilled']);
    const { jobs } = await json(0, 'jobs', 'ls');
    expect(jobs).toMatchObject([{ id: begun.job, service: 'warehouse', state: 'done', actor: 'ada@example.com' }]);
    expect(await json(1, 'jobs', 'cancel', begun.job, '--yes')).toMatchObject({ error: { status: 409 } });
  });

  test('are kept from happening by a pause, which ends by its name', async () => {
    const pause = ['pause', 'consumer', 'warehouse', name, '--reason', 'shelves are moved', '--minutes', '5'];
    expect(await json(0, ...pause)).toMatchObject({ result: 'done' });
    expect(await json(0, 'resume', 'warehouse', name)).toMatchObject({ result: 'done' });
    await waybill(2, 'resume', 'warehouse', name);
  });

  test('leave a trail that verifies, until somebody changes it', async () => {
    const { trails } = await json(0, 'audit', 'verify');
    expect(trails).toMatchObject([
      { service: 'orders', verdict: 'intact', published: { compared: 'no' } },
      { service: 'warehouse', verdict: 'intact', published: { compared: 'no' } },
    ]);
    const { entries } = await json(0, 'audit', 'ls', '--service', 'warehouse', '--action', 'parked.skip');
    expect(entries).toMatchObject([{ actor: 'ada@example.com', reason: 'the order is foreign' }]);
    const file = join(directory, 'audit.ndjson');
    await json(0, 'audit', 'export', '--service', 'warehouse', '--out', file);
    const exported = readFileSync(file, 'utf8').trimEnd().split('\n');
    expect(exported).toHaveLength(trails[1].entries);
    expect(JSON.parse(exported[0] ?? '')).toMatchObject({ service: 'warehouse', seq: 1 });
    await warehouse.pool.query(`
      alter table waybill.audit disable trigger user;
      update waybill.audit set reason = 'another' where seq = 1;
      alter table waybill.audit enable trigger user`);
    const broken = await waybill(1, 'audit', 'verify');
    expect(broken.out).toContain('warehouse: broken, at entry 1:');
  });
});
