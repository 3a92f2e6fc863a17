import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { testEnvironment, uniqueName } from '@waybill/testing';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  ContractNotRegisteredError,
  IncompatibleSchemaError,
  RegistryUnavailableError,
  UnknownSchemaIdError,
  registerContracts,
  schemaRegistry,
  subjectOf,
} from '../../src/index.ts';

let url = '';
beforeAll(async () => {
  url = (await testEnvironment()).registryUrl;
});

interface Field {
  readonly name: string;
  readonly type: unknown;
  readonly default?: unknown;
}

function contract(
  fields: readonly Field[],
  topic = uniqueName('orders.order'),
): { name: string; topic: string; schema: string } {
  const schema = { type: 'record', name: 'OrderPlaced', namespace: 'orders.v1', doc: 'Placed ✓', fields };
  return { name: 'orders.v1.OrderPlaced', topic, schema: JSON.stringify(schema, null, 2) };
}

const orderId = { name: 'orderId', type: { type: 'string', 'waybill.brand': 'OrderId' } };

describe('the schema registry', () => {
  it('gives the id of a registered contract, and the schema that was registered', async () => {
    const order = contract([orderId]);
    const [registered] = await registerContracts({ url, contracts: [order], ownsRegistry: false });
    const registry = schemaRegistry({ url });
    expect(registered).toMatchObject({ name: order.name, subject: subjectOf(order) });
    expect(await registry.idOf(order)).toBe(registered?.id);
    expect(JSON.parse(await registry.schemaOf(registered?.id ?? 0))).toEqual(JSON.parse(order.schema));
  });

  it('changes nothing when the same contracts are registered again', async () => {
    const order = contract([orderId]);
    const first = await registerContracts({ url, contracts: [order], ownsRegistry: false });
    expect(await registerContracts({ url, contracts: [order], ownsRegistry: false })).toEqual(first);
  });

  it('takes the same contracts from many at the same moment', async () => {
    for (let round = 0; round < 3; round += 1) {
      const order = contract([orderId]);
      const registered = await Promise.all(
        Array.from({ length: 8 }, () => registerContracts({ url, contracts: [order], ownsRegistry: false })),
      );
      expect(new Set(registered.flat().map(({ id }) => id)).size).toBe(1);
    }
  });

  it('says what to run when a contract is not registered', async () => {
    const error = await schemaRegistry({ url })
      .idOf(contract([orderId]))
      .catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(ContractNotRegisteredError);
    expect(error).toMatchObject({
      code: 'registry.contract-not-registered',
      message: expect.stringContaining('./waybill contracts register'),
    });
  });

  it('does not take another schema of the same subject for the contract', async () => {
    const order = contract([orderId]);
    await registerContracts({ url, contracts: [order], ownsRegistry: false });
    const changed = contract([orderId, { name: 'note', type: 'string', default: '' }], order.topic);
    await expect(schemaRegistry({ url }).idOf(changed)).rejects.toThrow(ContractNotRegisteredError);
  });

  it('takes a compatible change, and both schemas keep their ids', async () => {
    const order = contract([orderId]);
    const changed = contract([orderId, { name: 'note', type: 'string', default: '' }], order.topic);
    const [old] = await registerContracts({ url, contracts: [order], ownsRegistry: false });
    const [young] = await registerContracts({ url, contracts: [changed], ownsRegistry: false });
    expect(young?.id).not.toBe(old?.id);
    expect(await schemaRegistry({ url }).idOf(order)).toBe(old?.id);
  });

  it('refuses an incompatible change, naming the contract and the way out', async () => {
    const order = contract([orderId]);
    await registerContracts({ url, contracts: [order], ownsRegistry: false });
    const breaking = contract([orderId, { name: 'email', type: 'string' }], order.topic);
    const error = await registerContracts({ url, contracts: [breaking], ownsRegistry: false }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(IncompatibleSchemaError);
    expect(error).toMatchObject({ contract: 'orders.v1.OrderPlaced', message: expect.stringMatching(/new major/) });
  });

  it('refuses a change that only an older version forbids', async () => {
    const order = contract([orderId]);
    const withNote = contract([orderId, { name: 'note', type: 'string', default: '' }], order.topic);
    const noteNeeded = contract([orderId, { name: 'note', type: 'string' }], order.topic);
    await registerContracts({ url, contracts: [order, withNote], ownsRegistry: false });
    await expect(registerContracts({ url, contracts: [noteNeeded], ownsRegistry: false })).rejects.toThrow(
      IncompatibleSchemaError,
    );
  });

  it('tells an id that it does not know', async () => {
    await expect(schemaRegistry({ url }).schemaOf(2_000_000_000)).rejects.toThrow(UnknownSchemaIdError);
  });

  it('gives up within its time when the registry is not there', async () => {
    const registry = schemaRegistry({ url: await nobodysUrl(), patienceMs: 500 });
    await expect(registry.schemaOf(1)).rejects.toThrow(RegistryUnavailableError);
    await expect(registry.idOf(contract([orderId]))).rejects.toThrow(RegistryUnavailableError);
  });

  it('asks again while the registry is starting', async () => {
    let calls = 0;
    const server = createServer((_, response) => {
      calls += 1;
      response.writeHead(calls < 3 ? 503 : 200, { 'content-type': 'application/json' });
      response.end(calls < 3 ? '{"message":"starting"}' : JSON.stringify({ schema: '"string"' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    expect(await schemaRegistry({ url: `http://127.0.0.1:${port}` }).schemaOf(7)).toBe('"string"');
    expect(calls).toBe(3);
    server.close();
  });
});

async function nobodysUrl(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}
