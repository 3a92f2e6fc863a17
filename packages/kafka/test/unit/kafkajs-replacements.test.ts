import * as fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { replaceIdleSpin, requestQueuePrototype } from '../../src/kafkajs/idle-spin.ts';
import { installedVersion, internal, replacedVersion } from '../../src/kafkajs/internals.ts';
import { produceRequest, replaceProduceRequest } from '../../src/kafkajs/produce-request.ts';
import type { ProduceArguments } from '../../src/kafkajs/produce-request.ts';

const requestModule = 'protocol/requests/produce/v3/request.js';
// Taken before anything is replaced.
const original = internal(requestModule) as Parameters<typeof produceRequest>[0];
const ours = produceRequest(original);

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'], now: 1_790_000_000_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

async function bytesOf(make: typeof ours, args: ProduceArguments): Promise<string> {
  return (await make(args).encode()).buffer.toString('hex');
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
const content = fc.oneof(bytes, fc.string({ unit: 'binary', maxLength: 100 }));
const message = fc.record({
  key: fc.oneof(fc.constant(null), content),
  value: fc.oneof(fc.constant(null), content, fc.constant(Buffer.alloc(20_000, 'a'))),
  headers: fc.oneof(
    fc.constant(undefined),
    fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(content, fc.array(content, { maxLength: 3 }))),
  ),
});
const produceArguments: fc.Arbitrary<ProduceArguments> = fc.record({
  acks: fc.constantFrom(-1, 0, 1),
  timeout: fc.nat({ max: 60_000 }),
  producerId: fc.bigInt({ min: -1n, max: 2n ** 62n }).map((id) => longOf(String(id))),
  producerEpoch: fc.nat({ max: 32_000 }),
  transactionalId: fc.oneof(fc.constant(null), fc.string({ minLength: 1 })),
  topicData: fc.array(
    fc.record({
      topic: fc.string({ minLength: 1 }),
      partitions: fc.array(
        fc.record({
          partition: fc.nat({ max: 100 }),
          firstSequence: fc.nat(),
          messages: fc.array(message, { minLength: 1, maxLength: 4 }),
        }),
        { minLength: 1, maxLength: 2 },
      ),
    }),
    { minLength: 1, maxLength: 2 },
  ),
});

/** kafkajs's own 64-bit number, which is how its producer has its id. */
function longOf(text: string): { toString(): string } {
  const long = internal('utils/long.js') as { fromValue(value: string): { toString(): string } };
  return long.fromValue(text);
}

describe('what is replaced in kafkajs', () => {
  it('was written for the version that is installed', () => {
    expect(installedVersion(), 'compare the replaced files with the new kafkajs, then change replacedVersion').toBe(
      replacedVersion,
    );
  });

  it('encodes a produce request byte for byte as kafkajs does', async () => {
    await fc.assert(
      fc.asyncProperty(produceArguments, async (args) => {
        expect(await bytesOf(ours, args)).toBe(await bytesOf(original, args));
      }),
      { numRuns: 300 },
    );
  });

  it('makes the whole request of it as kafkajs does, without a copy', async () => {
    replaceProduceRequest();
    const make = internal('protocol/request.js') as (options: object) => Promise<{ buf: Buffer; buffer: Buffer }>;
    await fc.assert(
      fc.asyncProperty(produceArguments, fc.string({ maxLength: 700 }), async (args, clientId) => {
        const body = await ours(args).encode();
        const request = { ...ours(args), encode: () => Promise.resolve(body) };
        const made = await make({ correlationId: 7, clientId, request });
        const byKafkajs = await make({ correlationId: 7, clientId, request: original(args) });
        expect(made.buffer.toString('hex')).toBe(byKafkajs.buffer.toString('hex'));
        expect(made.buf.buffer === body.buf.buffer).toBe(Buffer.byteLength(clientId) < 500);
      }),
    );
  });

  it('leaves records with times of their own to kafkajs', async () => {
    const args = {
      acks: -1,
      timeout: 1_000,
      topicData: [
        { topic: 't', partitions: [{ partition: 0, messages: [{ value: 'a' }, { value: 'b', timestamp: '17' }] }] },
      ],
    };
    expect(await bytesOf(ours, args)).toBe(await bytesOf(original, args));
  });

  it('puts the encoding where kafkajs takes the highest version of its request from', async () => {
    replaceProduceRequest();
    const request = internal('protocol/requests/produce/v7/request.js') as typeof ours;
    const made = request({ acks: -1, timeout: 1, topicData: [] });
    expect(made.apiVersion).toBe(7);
    const { buf, buffer } = await made.encode();
    // kafkajs's own encoder keeps room that it does not need.
    expect(buf).toHaveLength(buffer.length);
  });

  it('arms no timer for an idle request queue, and still one when a request waits', () => {
    replaceIdleSpin();
    const queue = {
      pending: [] as unknown[],
      throttledUntil: -1,
      throttleCheckTimeoutId: null as NodeJS.Timeout | null,
    };
    const schedule = (): void =>
      requestQueuePrototype().scheduleCheckPendingRequests.call(
        Object.assign(queue, { scheduleCheckPendingRequests() {} }),
      );
    schedule();
    expect(queue.throttleCheckTimeoutId).toBe(null);
    queue.pending.push({});
    schedule();
    expect(queue.throttleCheckTimeoutId).not.toBe(null);
    clearTimeout(queue.throttleCheckTimeoutId ?? undefined);
  });
});
