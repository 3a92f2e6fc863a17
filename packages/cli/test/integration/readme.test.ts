import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ConsumerDefinition, Published } from '@waybill/messaging';
import { OrderConfirmedV1 } from '@waybill/schemas';
import type { ServiceRuntime } from '@waybill/service';
import { eventually, uniqueName } from '@waybill/testing';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { namedBlocks } from '../documents/code-blocks.ts';
import { deliverAgain, endTeamServices, prepareContracts, startTeamService } from '../documents/team-service.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
// Below the package, so that imports and types are found as in a service.
const folder = fileURLToPath(new URL('../../.waybill/readme/', import.meta.url));

interface PublishFile {
  confirmOrder(runtime: ServiceRuntime, id: string): Promise<Published>;
}
interface ConsumeFile {
  readonly picking: ConsumerDefinition;
}

type Row = Readonly<Record<string, unknown>>;

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of namedBlocks(readFileSync(join(root, 'README.md'), 'utf8')))
    writeFileSync(join(folder, name), text);
  const tsconfig = { extends: '../../../../tsconfig.base.json', include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
  await prepareContracts([OrderConfirmedV1]);
});

afterAll(endTeamServices);

describe('the example in the README', () => {
  test('is typed', () => {
    const check = () => execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    expect(check).not.toThrow();
  });

  test('has one effect for one committed change, however often it is delivered', async () => {
    const publish: PublishFile = await import(pathToFileURL(join(folder, 'publish.ts')).href);
    const consume: ConsumeFile = await import(pathToFileURL(join(folder, 'consume.ts')).href);
    const consumer = uniqueName('warehouse.picking');
    const orders = await startTeamService({
      name: 'orders',
      tables: 'create table orders (order_id text primary key, status text not null)',
      publishes: [OrderConfirmedV1],
    });
    const warehouse = await startTeamService({
      name: 'warehouse',
      tables: 'create table pick_list (order_id text, since timestamptz)',
      // Under a name of its own, since this environment may be used again and a name is an identity.
      consumers: [{ ...consume.picking, name: consumer }],
    });

    const id = randomUUID();
    await orders.pool.query(`insert into orders values ($1, 'PLACED')`, [id]);
    const published = await publish.confirmOrder(orders.runtime, id);
    expect(published.version).toBe(1);
    const rows = async () =>
      (await warehouse.pool.query<Row>('select * from pick_list where order_id = $1', [id])).rows;
    await eventually(async () => (await rows()).length > 0, { what: 'the effect', deadlineMs: 30_000 });
    expect(await rows()).toEqual([{ order_id: id, since: expect.any(Date) }]);

    await deliverAgain(orders.url, id, 1);
    const skipped = async () =>
      (
        await warehouse.pool.query<Row>('select reason from waybill.skipped where consumer = $1 and event_id = $2', [
          consumer,
          published.id,
        ])
      ).rows;
    await eventually(async () => (await skipped()).length > 0, { what: 'the second delivery', deadlineMs: 30_000 });
    expect(await skipped()).toEqual([{ reason: 'duplicate' }]);
    expect(await rows()).toHaveLength(1);
  });
});
