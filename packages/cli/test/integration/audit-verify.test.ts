import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { fact } from '@waybill/messaging';
import { appendAudit, auditHead } from '@waybill/postgres';
import { AuditTrailExtendedV1 } from '@waybill/schemas';
import { eventually, testEnvironment, uniqueName } from '@waybill/testing';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { endTeamServices, prepareContracts, startTeamService, type TeamService } from '../documents/team-service.ts';

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));
const secret = 'a-secret-of-thirty-two-or-more-characters';
const name = uniqueName('shelves').toLowerCase();
let shelves: TeamService;
let published: readonly string[];

beforeAll(async () => {
  await prepareContracts([AuditTrailExtendedV1]);
  const { kafkaBrokers, registryUrl } = await testEnvironment();
  published = ['--kafka', kafkaBrokers.join(','), '--registry', registryUrl];
  shelves = await startTeamService({
    ...{ name, tables: 'create table nothing ()', publishes: [AuditTrailExtendedV1] },
    variables: { OPS_SECRET: secret },
  });
});

afterAll(endTeamServices);

/** Runs `waybill audit verify`, and says how it ended and what it wrote. */
async function verify(...args: readonly string[]): Promise<readonly [status: number | null, out: string]> {
  const child = spawn(process.execPath, [main, 'audit', 'verify', ...args], {
    env: {
      ...process.env,
      WAYBILL_OPS_SERVICES: `${name}=${shelves.url}`,
      WAYBILL_OPS_SECRET: secret,
      WAYBILL_OPERATOR: 'aki@example.com',
      // What is compared with is given where it is meant.
      ...{ WAYBILL_KAFKA_BROKERS: '', WAYBILL_REGISTRY_URL: '' },
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [out, messages, ended] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    new Promise<number | null>((settle) => child.once('close', settle)),
  ]);
  return [ended, out + messages];
}

test('a trail is compared with what was published of it, and a tail that was cut shows', async () => {
  for (let entry = 1; entry <= 3; entry += 1) {
    const done = { actor: 'ada', approvedBy: undefined, action: 'pause', target: 'relay', reason: 'x', details: '{}' };
    await appendAudit(shelves.pool, { ...done, at: new Date(), result: 'done' });
  }
  const { seq, hash } = await auditHead(shelves.pool);
  await shelves.runtime.transaction(async (tx) => {
    const data = { service: name, seq: BigInt(seq), hash, at: new Date() };
    await shelves.runtime.publishAll(tx, [fact(AuditTrailExtendedV1, { aggregateId: name, data })]);
  });
  const intact = await eventually(
    async () => {
      const [status, out] = await verify(...published);
      return out.includes('compared with 1 published end') ? { status, out } : undefined;
    },
    { what: 'the published end is compared', deadlineMs: 30_000 },
  );
  expect(intact).toEqual({ status: 0, out: expect.stringContaining(`${name}: intact, 3 entries`) });

  await shelves.pool.query(`
    alter table waybill.audit disable trigger user;
    delete from waybill.audit where seq = 3;
    update waybill.audit_head set (seq, hash) = (select seq, hash from waybill.audit where seq = 2);
    alter table waybill.audit enable trigger user`);
  expect(await verify(...published)).toEqual([
    1,
    expect.stringMatching(/: broken, at entry 3, published 20.*its tail was removed/),
  ]);
});

test('it is said when nothing was compared, and why', async () => {
  expect(await verify()).toEqual([
    0,
    expect.stringContaining('not compared with what was published: no brokers were given'),
  ]);
  expect(await verify('--kafka', '127.0.0.1:1', '--registry', 'http://127.0.0.1:1')).toEqual([
    1,
    expect.stringContaining('it could not be read from 127.0.0.1:1'),
  ]);
  expect(await verify('--kafka', '127.0.0.1:1')).toEqual([2, expect.stringContaining('--kafka needs --registry')]);
});
