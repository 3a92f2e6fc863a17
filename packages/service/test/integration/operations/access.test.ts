import { randomUUID } from 'node:crypto';
import { type Role, roles } from '@waybill/messaging';
import { eventually } from '@waybill/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { post } from '../fixtures/app.ts';
import { ada, aki, type KitchenWorld, kitchenWorld, oskar, vera } from './kitchen-world.ts';

let kitchen: KitchenWorld;
beforeAll(async () => {
  kitchen = await kitchenWorld();
  await kitchen.start();
});
afterAll(async () => kitchen.close());

const id = '1';
const uuid = randomUUID();
const reason = 'because of a test';
const job = { kind: 'redrive', selection: { consumer: 'nobody.nothing' }, reason };

/** Every endpoint, and the roles that may; what a role may do is answered with anything but 401 and 403. */
const endpoints: readonly (readonly [path: string, body: object | undefined, allowed: readonly Role[]])[] = [
  ['/overview', undefined, roles],
  ['/flows/nobody.nothing', undefined, roles],
  ['/failures', undefined, roles],
  ['/parked', undefined, roles],
  [`/parked/${id}`, undefined, roles],
  [`/parked/${id}/redrive`, { reason }, ['operator']],
  [`/parked/${id}/skip`, { reason }, ['operator']],
  [`/parked/${id}/pass-gap`, { reason }, ['operator']],
  [`/parked/${id}/edit`, { data: {}, reason }, ['operator']],
  [`/parked/${id}/note`, { text: 'a note' }, ['operator']],
  [`/parked/${id}/assign`, { assignee: null }, ['operator']],
  [`/parked/${id}/unmask`, { reason }, ['operator']],
  ['/jobs/dry-run', job, ['operator']],
  ['/jobs', job, ['operator']],
  ['/jobs', undefined, roles],
  [`/jobs/${uuid}`, undefined, roles],
  [`/jobs/${uuid}/steer`, { action: 'cancel' }, ['operator']],
  [`/jobs/${uuid}/pace`, { perSecond: 1 }, ['operator']],
  [`/jobs/${uuid}/swap`, { reason }, ['operator']],
  [`/jobs/${uuid}/discard`, { reason }, ['operator']],
  ['/approvals', undefined, roles],
  [`/approvals/${uuid}/decide`, { decision: 'reject' }, ['approver']],
  ['/pauses', undefined, roles],
  ['/pauses', { scope: 'dependency', name: 'x', reason, minutes: 1 }, ['operator']],
  [`/pauses/${uuid}/resume`, {}, ['operator']],
  [
    '/consumers/nobody.nothing/offsets',
    { topic: 't', positions: [{ partition: 0, offset: '0' }], reason },
    ['operator'],
  ],
  ['/audit', undefined, ['auditor']],
  ['/audit/verify', undefined, ['auditor']],
  ['/audit/export', undefined, ['auditor']],
  ['/trace?id=x', undefined, roles],
];

async function statusFor(path: string, body: object | undefined, authorization: string | undefined): Promise<number> {
  const headers = { ...(authorization === undefined ? {} : { authorization }), 'idempotency-key': randomUUID() };
  if (body !== undefined) return (await post(`${kitchen.url}/ops/v1${path}`, body, headers)).status;
  const response = await fetch(`${kitchen.url}/ops/v1${path}`, { headers });
  await response.arrayBuffer();
  return response.status;
}

describe('the operations API', () => {
  test('is described by the endpoints of this table, and no others', async () => {
    const response = await fetch(`${kitchen.url}/ops/v1/openapi.json`);
    const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
    const described = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method} ${path}`),
    );
    const listed = endpoints.map(([path, body]) => {
      const pattern = path
        .replace(/\?.*/, '')
        .replace('/parked/1', '/parked/{id}')
        .replace(uuid, '{id}')
        .replace('nobody.nothing', '{name}');
      return `${body === undefined ? 'get' : 'post'} ${pattern}`;
    });
    expect(listed.toSorted()).toEqual(described.toSorted());
  });

  test.each(endpoints)('%s (%o) is for %s alone', async (path, body, allowed) => {
    expect(await statusFor(path, body, undefined)).toBe(401);
    for (const role of roles) {
      const token = await kitchen.sign({ name: role, roles: [role] });
      const status = await statusFor(path, body, `Bearer ${token}`);
      const answer = status === 401 || status === 403 ? 'refused' : 'let in';
      expect([role, answer]).toEqual([role, allowed.includes(role) ? 'let in' : 'refused']);
    }
    expect(await statusFor(path, body, `Bearer ${await kitchen.sign({ name: 'x', roles: [] })}`)).toBe(403);
  });

  test('takes no token of another secret, for another service, or without a signature', async () => {
    const key = 'another-secret-of-more-than-32-characters';
    const [, payload] = (await kitchen.sign(oskar)).split('.');
    const unsigned = `${Buffer.from('{"alg":"none"}').toString('base64url')}.${payload ?? ''}.`;
    for (const token of [
      await kitchen.sign(oskar, { key }),
      await kitchen.sign(oskar, { audience: 'payments' }),
      unsigned,
      'x',
    ]) {
      expect(await statusFor('/overview', undefined, `Bearer ${token}`)).toBe(401);
    }
  });

  test('takes a command’s token once, so that what was overheard cannot be repeated', async () => {
    const jti = randomUUID();
    const pause = { scope: 'dependency', name: 'oven', reason, minutes: 1 };
    const send = async () => statusFor('/pauses', pause, `Bearer ${await kitchen.sign(oskar, { jti })}`);
    expect(await send()).toBe(200);
    expect(await send()).toBe(409);
  });

  test('wants an Idempotency-Key, refuses what is too large, and leaves markup as the text that it is', async () => {
    const authorization = `Bearer ${await kitchen.sign(oskar)}`;
    expect((await post(`${kitchen.url}/ops/v1/pauses`, {}, { authorization })).status).toBe(400);
    const large = { data: { name: 'x'.repeat(2_000_000), guest: 'y' }, reason };
    expect(await statusFor('/parked/1/edit', large, authorization)).toBe(413);
    await kitchen.takeOff('serve <script>alert(1)</script>');
    await kitchen.order('markup', { name: '<script>alert(1)</script>', guest: 'Gustav' });
    const { entries } = await eventually(
      async () => {
        const { body } = await kitchen.get(vera, '/parked?aggregateId=markup&state=dead');
        return Number(body['total']) > 0 && (body as { entries: readonly { id: string }[] });
      },
      { what: 'the entry', deadlineMs: 20_000 },
    );
    const entry = await kitchen.get(vera, `/parked/${entries[0]?.id ?? ''}`);
    expect(entry.body['data']).toMatchObject({ name: '<script>alert(1)</script>' });
  });
});

describe('the audit trail', () => {
  test('cannot be changed by way of the table, and shows it when somebody did so behind its back', async () => {
    await kitchen.send(ada, '/pauses', { scope: 'dependency', name: 'stove', reason, minutes: 1 });
    for (const change of ['UPDATE waybill.audit SET actor = $1', 'DELETE FROM waybill.audit WHERE actor <> $1']) {
      await expect(kitchen.db.query(change, ['nobody'])).rejects.toMatchObject({ code: 'WB004' });
    }
    expect((await kitchen.get(aki, '/audit/verify')).body).toMatchObject({ verdict: 'intact' });
    const forged = await kitchen.db.connect();
    await forged.query('ALTER TABLE waybill.audit DISABLE TRIGGER audit_append_only');
    await forged.query(`UPDATE waybill.audit SET actor = 'nobody' WHERE seq = 1`);
    await forged.query('ALTER TABLE waybill.audit ENABLE TRIGGER audit_append_only');
    forged.release();
    expect((await kitchen.get(aki, '/audit/verify')).body).toMatchObject({
      ...{ verdict: 'broken', problem: { seq: 1, problem: 'entry 1 was changed' } },
    });
  });

  test('is exported whole, an entry a line', async () => {
    const response = await fetch(`${kitchen.url}/ops/v1/audit/export`, {
      headers: { authorization: `Bearer ${await kitchen.sign(aki)}` },
    });
    const lines = (await response.text()).trim().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { seq: number }).seq)).toEqual(lines.map((_, index) => index + 1));
  });

  test('fails closed: what cannot be written down is not done', async () => {
    await kitchen.db.query('ALTER TABLE waybill.audit RENAME TO audit_away');
    const pause = { scope: 'dependency', name: 'fridge', reason, minutes: 1 };
    const { status } = await kitchen.send(oskar, '/pauses', pause);
    await kitchen.db.query('ALTER TABLE waybill.audit_away RENAME TO audit');
    expect(status).toBeGreaterThanOrEqual(500);
    const { body } = await kitchen.get(oskar, '/pauses');
    expect(JSON.stringify(body)).not.toContain('fridge');
  });
});
