import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replaceIdleSpin, requestQueuePrototype } from '../../src/kafkajs/idle-spin.ts';
import { installedVersion, internal, replacedVersion } from '../../src/kafkajs/internals.ts';
import { encodeRecord, replaceRecordEncoder } from '../../src/kafkajs/record-encoder.ts';
import type { RecordToEncode } from '../../src/kafkajs/record-encoder.ts';

const recordModule = 'protocol/recordBatch/record/v0/index.js';
// Taken before anything is replaced.
const original = internal(recordModule);

function originalBytes(record: RecordToEncode): string {
  if (!isEncoder(original)) throw new Error('kafkajs no longer has the record encoder that is replaced here.');
  const encoder = original(record);
  const buffer: unknown = typeof encoder === 'object' && encoder !== null ? Reflect.get(encoder, 'buffer') : undefined;
  return Buffer.isBuffer(buffer) ? buffer.toString('hex') : '';
}

function isEncoder(value: unknown): value is (record: RecordToEncode) => unknown {
  return typeof value === 'function';
}

const bytes = fc.uint8Array({ maxLength: 300 }).map((each) => Buffer.from(each));
const content = fc.oneof(bytes, fc.string({ unit: 'binary' }));

describe('what is replaced in kafkajs', () => {
  it('was written for the version that is installed', () => {
    expect(installedVersion(), 'compare the replaced files with the new kafkajs, then change replacedVersion').toBe(
      replacedVersion,
    );
  });

  it('encodes a record byte for byte as kafkajs does', () => {
    fc.assert(
      fc.property(
        fc.record({
          offsetDelta: fc.nat({ max: 1_000_000 }),
          timestampDelta: fc.integer({ min: -(2 ** 31), max: 2 ** 45 }),
          key: fc.oneof(fc.constant(null), content),
          value: fc.oneof(fc.constant(null), content),
          headers: fc.dictionary(fc.string({ minLength: 1 }), fc.oneof(content, fc.array(content, { maxLength: 3 }))),
        }),
        (record) => {
          expect(encodeRecord(record).buffer.toString('hex')).toBe(originalBytes(record));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('puts the encoder where the produce request takes it from', () => {
    replaceRecordEncoder();
    expect(internal(recordModule)).toBe(encodeRecord);
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
