import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { parkedEntry, traceResult } from '../../../src/operations/api.ts';
import { ada, aki, type KitchenWorld, kitchenWorld, oskar } from './kitchen-world.ts';

let kitchen: KitchenWorld;
beforeAll(async () => {
  kitchen = await kitchenWorld();
  await kitchen.start();
});
afterAll(async () => kitchen.close());

interface Entry {
  readonly id: string;
  readonly version: number;
  readonly behind: number;
}

async function deadOf(table: string, what: 'serve' | 'bill' = 'serve'): Promise<Entry> {
  return eventually(
    async () => {
      const { body } = await kitchen.get(
        oskar,
        `/parked?state=dead&aggregateId=${table}&consumer=${kitchen.name}.${what}`,
      );
      return (body['entries'] as readonly Entry[])[0];
    },
    { what: `a dead entry of ${table}`, deadlineMs: 20_000 },
  );
}

async function sees(what: 'serve' | 'bill', table: string, versions: readonly number[]): Promise<void> {
  const seen = async () => kitchen.effects(what, table);
  await eventually(async () => (await seen()).length >= versions.length, {
    what: `effects of ${table}`,
    deadlineMs: 20_000,
  });
  expect(await seen()).toEqual(versions);
}

test('a failure is found by what it has in common, with what waits behind it, and nobody’s name in it', async () => {
  await kitchen.takeOff('serve soup');
  await kitchen.order('t1', { name: 'soup', guest: 'Anselm' }, { name: 'bread', guest: 'Anselm' });
  await kitchen.order('t2', { name: 'soup', guest: 'Berta-Maria' });
  await deadOf('t1');
  await deadOf('t2');
  const { body } = await kitchen.get(oskar, '/failures');
  const groups = body['groups'] as readonly Record<string, unknown>[];
  expect(groups).toMatchObject([
    {
      ...{ consumer: `${kitchen.name}.serve`, errorCode: 'kitchen.no-serve', entries: 2, dead: 2, blockedEntities: 2 },
      message: expect.stringContaining('•••• cannot have') as string,
    },
  ]);
  const entry = await kitchen.get(oskar, `/parked/${(await deadOf('t1')).id}`);
  expect(entry.body).toMatchObject({
    ...{ state: 'dead', behind: 1, applied: 0, masked: ['guest'], data: { name: 'soup', guest: '••••' } },
    attemptsMade: [{ attempt: 1, errorCode: 'kitchen.no-serve' }],
    queue: [{ version: 1 }, { version: 2, state: 'waiting' }],
  });
  // As it is described, and nothing beside: the event's bytes hold the name too.
  expect(parkedEntry.safeParse(entry.body)).toMatchObject({ success: true });
  expect(JSON.stringify(entry.body)).not.toContain('Anselm');
});

test('a redrive, once the cause is mended, keeps the order of the queue, and is done once', async () => {
  const { id } = await deadOf('t1');
  await kitchen.putBack('serve soup');
  const key = { 'idempotency-key': 'redrive-t1' };
  const first = await kitchen.send(oskar, `/parked/${id}/redrive`, { reason: 'soup is back' }, key);
  expect(first).toMatchObject({ status: 200, body: { result: 'done' } });
  expect(await kitchen.send(oskar, `/parked/${id}/redrive`, { reason: 'soup is back' }, key)).toEqual(first);
  await sees('serve', 't1', [1, 2]);
  expect((await kitchen.send(oskar, `/parked/${id}/redrive`, {})).status).toBe(404);
});

test('an edit is asked for by one and agreed to by another; what it was is kept', async () => {
  await kitchen.takeOff('serve stew');
  await kitchen.order('t3', { name: 'stew', guest: 'Carla-Sophie' }, { name: 'bread', guest: 'Carla-Sophie' });
  const { id } = await deadOf('t3');
  const wrong = await kitchen.send(oskar, `/parked/${id}/edit`, {
    data: { name: 7, guest: '••••' },
    reason: 'typing error',
  });
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ path: 'data.name' }] } });
  const data = { name: 'salad', guest: '••••' };
  const asked = await kitchen.send(oskar, `/parked/${id}/edit`, { data, reason: 'typing error' });
  expect(asked).toMatchObject({ status: 202, body: { result: 'waits-for-approval' } });
  const approval = String(asked.body['approval']);
  const decide = { decision: 'approve' };
  expect((await kitchen.send({ ...ada, name: 'oskar' }, `/approvals/${approval}/decide`, decide)).status).toBe(403);
  expect((await kitchen.send(oskar, `/approvals/${approval}/decide`, decide)).status).toBe(403);
  expect((await kitchen.send(ada, `/approvals/${approval}/decide`, decide)).status).toBe(200);
  expect((await kitchen.send(ada, `/approvals/${approval}/decide`, decide)).status).toBe(409);
  await sees('serve', 't3', [1, 2]);
  const { rows } = await kitchen.db.query('SELECT original, edited, actor FROM waybill.parked_edit');
  expect(
    rows.map((row: { original: Buffer; edited: Buffer; actor: string }) => [
      ...[row.original.includes('stew'), row.edited.includes('salad'), row.edited.includes('Carla-Sophie'), row.actor],
    ]),
  ).toEqual([[true, true, true, 'oskar']]);
  const audit = await kitchen.get(aki, '/audit?action=parked.edit');
  expect(audit.body['entries']).toMatchObject([{ actor: 'oskar', approvedBy: 'ada', target: `parked/${id}` }]);
  expect(audit.body['entries']).toMatchObject([
    { diff: { before: { name: 'stew', guest: '••••' }, after: { name: 'salad', guest: '••••' } } },
  ]);
  expect(JSON.stringify(audit.body)).not.toContain('Carla');
});

test('a skip lets the entity go on; where much hangs on the consumer, another person must agree', async () => {
  await kitchen.takeOff('serve pie');
  await kitchen.takeOff('bill pie');
  await kitchen.order('t4', { name: 'pie', guest: 'Dora' }, { name: 'bread', guest: 'Dora' });
  const { id } = await deadOf('t4');
  expect((await kitchen.send(oskar, `/parked/${id}/skip`, {})).status).toBe(400);
  expect((await kitchen.send(oskar, `/parked/${id}/skip`, { reason: 'the guest has left' })).status).toBe(200);
  await sees('serve', 't4', [2]);
  const bill = await deadOf('t4', 'bill');
  const asked = await kitchen.send(oskar, `/parked/${bill.id}/skip`, { reason: 'the guest has left' });
  expect(asked.status).toBe(202);
  const waiting = await kitchen.get(ada, '/approvals?state=waiting');
  expect(waiting.body['approvals']).toMatchObject([{ operation: 'skip', actor: 'oskar', state: 'waiting' }]);
  const approved = await kitchen.send(ada, `/approvals/${String(asked.body['approval'])}/decide`, {
    decision: 'approve',
  });
  expect(approved.status).toBe(200);
  await sees('bill', 't4', [2]);
});

test('personal values are seen by who asked for it, when another agreed, and each look is written down', async () => {
  await kitchen.takeOff('serve fish');
  await kitchen.order('t5', { name: 'fish', guest: 'Emil Eisenhart' });
  const { id } = await deadOf('t5');
  const asked = await kitchen.send(oskar, `/parked/${id}/unmask`, { reason: 'which guest was it?' });
  const approval = String(asked.body['approval']);
  expect((await kitchen.get(oskar, `/parked/${id}?unmask=${approval}`)).status).toBe(403);
  await kitchen.send(ada, `/approvals/${approval}/decide`, { decision: 'approve' });
  const seen = await kitchen.get(oskar, `/parked/${id}?unmask=${approval}`);
  expect(seen.body['data']).toEqual({ name: 'fish', guest: 'Emil Eisenhart' });
  expect((await kitchen.get(ada, `/parked/${id}?unmask=${approval}`)).status).toBe(403);
  const audit = await kitchen.get(aki, '/audit?action=parked.see');
  expect(audit.body['entries']).toMatchObject([{ actor: 'oskar', target: `parked/${id}` }]);
});

test('a paused consumer handles nothing until it is resumed, and only then may its positions be set', async () => {
  const name = `${kitchen.name}.serve`;
  const positions = { topic: kitchen.topic, positions: [{ partition: 0, offset: '0' }], reason: 'read again' };
  expect((await kitchen.send(oskar, `/consumers/${name}/offsets`, positions)).status).toBe(409);
  const pause = { scope: 'consumer', name, reason: 'stock-taking', minutes: 5 };
  expect((await kitchen.send(oskar, '/pauses', pause)).status).toBe(200);
  await eventually(
    async () => {
      const { body } = await kitchen.get(oskar, '/overview');
      return (body['consumers'] as readonly Record<string, unknown>[]).some(
        (one) => one['name'] === name && one['state'] === 'paused',
      );
    },
    { what: 'the consumer is paused', deadlineMs: 10_000 },
  );
  await kitchen.order('t6', { name: 'bread', guest: 'Frida' });
  await sees('bill', 't6', [1]);
  expect(await kitchen.effects('serve', 't6')).toEqual([]);
  expect((await kitchen.send(oskar, `/consumers/${name}/offsets`, positions)).status).toBe(200);
  const { body } = await kitchen.get(oskar, '/pauses');
  const [{ id } = { id: '' }] = body['pauses'] as readonly { id: string }[];
  await kitchen.send(oskar, `/pauses/${id}/resume`, {});
  await sees('serve', 't6', [1]);
  await sees('serve', 't1', [1, 2]);
});

test('the trace of an event tells what was published and what each consumer did', async () => {
  const { body } = await kitchen.get(oskar, '/trace?id=t4');
  const steps = body['steps'] as readonly Record<string, unknown>[];
  expect(steps.filter(({ kind }) => kind === 'published')).toHaveLength(2);
  expect(steps.filter(({ kind }) => kind === 'skipped')).toMatchObject([{ why: 'operator' }, { why: 'operator' }]);
  expect(steps.filter(({ kind }) => kind === 'handled')).toHaveLength(2);
});

test('the trace tells when what was redriven, edited or given up came into the queue, and which attempts failed', async () => {
  const stepsOf = async (table: string) => {
    const { body } = await kitchen.get(oskar, `/trace?id=${table}`);
    return traceResult.parse(body).steps.filter(({ consumer }) => consumer === `${kitchen.name}.serve`);
  };
  const time = expect.stringMatching(/^20.*Z$/) as string;
  const failed = [{ at: time, workMs: expect.any(Number) as number }];
  for (const table of ['t1', 't3']) {
    const [mended, behind] = (await stepsOf(table)).toSorted((one, other) => one.version - other.version);
    // Since its redrive its first attempt was its last.
    expect(mended).toMatchObject({ kind: 'handled', arrival: 'parked', attempts: 1, parkedAt: time, tries: failed });
    expect(Date.parse(mended?.parkedAt ?? '')).toBeLessThan(Date.parse(mended?.endedAt ?? ''));
    expect(behind).toMatchObject({ kind: 'handled', arrival: 'parked', parkedAt: time });
    expect(behind).not.toHaveProperty('tries');
  }
  const given = (await stepsOf('t4')).find(({ kind }) => kind === 'skipped');
  expect(given).toMatchObject({ why: 'operator', parkedAt: time, tries: failed });
  expect(Date.parse(given?.parkedAt ?? '')).toBeLessThanOrEqual(Date.parse(given?.at ?? ''));
});
