import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { eventually } from '@waybill/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { kafkaPublisher, kafkaSubscriber } from '../../src/index.ts';
import { connectionTo } from './kafka-workbench.ts';

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(closing.splice(0).map((close) => close()));
});

/** A port that takes connections and never answers. */
async function silentBroker(): Promise<string> {
  const server = createServer((socket) => {
    closing.push(() => Promise.resolve(socket.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closing.push(() => new Promise((resolve) => server.close(resolve)));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A port on which nobody listens. */
async function absentBroker(): Promise<string> {
  const broker = await silentBroker();
  await closing.pop()?.();
  return broker;
}

const record = { topic: 'orders.order', key: 'order-1', value: Buffer.from('x'), headers: {} };

describe('a broker out of reach', () => {
  it('makes records unavailable when nobody listens', async () => {
    const publisher = kafkaPublisher({ ...connectionTo([await absentBroker()]), sendTimeoutMs: 5_000 });
    closing.push(() => publisher.close());
    expect(await publisher.send([record])).toMatchObject([{ status: 'unavailable', code: 'ECONNREFUSED' }]);
  });

  it('makes records unavailable within the time of the call when it never answers', async () => {
    const publisher = kafkaPublisher({ ...connectionTo([await silentBroker()]), sendTimeoutMs: 1_000 });
    closing.push(() => publisher.close());
    const started = Date.now();
    expect(await publisher.send([record, record])).toMatchObject([{ code: 'SEND_TIMEOUT' }, { code: 'SEND_TIMEOUT' }]);
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  it('makes a subscription unhealthy, which goes on trying, rests in between, and can be stopped', async () => {
    const problems: (Error | undefined)[] = [];
    const subscriber = kafkaSubscriber(connectionTo([await absentBroker()]));
    const subscription = await subscriber.subscribe(
      { group: 'nobody', topics: ['orders.order'] },
      {
        assigned: () => Promise.resolve([]),
        deliver: () => Promise.resolve(),
        health: (problem) => problems.push(problem),
      },
    );
    const before = process.cpuUsage();
    await eventually(() => problems.length >= 3, { what: 'Three attempts', deadlineMs: 30_000 });
    expect(problems.every((problem) => problem instanceof Error)).toBe(true);
    expect(process.cpuUsage(before).user).toBeLessThan(2_000_000);
    await subscription.stop();
    await expect(subscription.ended).resolves.toBeUndefined();
  });
});
