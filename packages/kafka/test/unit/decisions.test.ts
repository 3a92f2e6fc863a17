import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullJitterMs } from '../../src/backoff.ts';
import { brokerError, isLostSequence, isRecordFault } from '../../src/broker-error.ts';
import { OffsetCommits } from '../../src/offset-commits.ts';
import { logRecord } from '../../src/records.ts';
import { startPositions } from '../../src/start-positions.ts';

describe('a broker error', () => {
  it('is told by its protocol name, however often it was wrapped', () => {
    const protocol = Object.assign(new Error('too large'), { name: 'KafkaJSProtocolError', type: 'MESSAGE_TOO_LARGE' });
    const wrapped = new Error('retries', { cause: new Error('non retriable', { cause: protocol }) });
    expect(brokerError(wrapped)).toEqual({ code: 'MESSAGE_TOO_LARGE', message: 'too large' });
  });

  it('is told by its system code when the network is at fault', () => {
    const error = new Error('outer', { cause: Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }) });
    expect(brokerError(error).code).toBe('ECONNREFUSED');
  });

  it("is the record's fault only when the record is", () => {
    expect(['MESSAGE_TOO_LARGE', 'INVALID_RECORD', 'CORRUPT_MESSAGE'].every(isRecordFault)).toBe(true);
    const others = [
      'UNKNOWN_TOPIC_OR_PARTITION',
      'TOPIC_AUTHORIZATION_FAILED',
      'ECONNREFUSED',
      'NOT_ENOUGH_REPLICAS',
      'SEND_TIMEOUT',
      'UNKNOWN_PRODUCER_ID',
    ];
    expect(others.filter(isRecordFault)).toEqual([]);
    expect(isLostSequence('UNKNOWN_PRODUCER_ID')).toBe(true);
  });
});

describe('start positions', () => {
  const bounds = [{ topic: 't', partition: 0, low: 5n, high: 9n }];

  it('take any offset that the log holds, and its end', () => {
    for (const start of [5n, 7n, 9n]) {
      expect(startPositions(bounds, [{ topic: 't', partition: 0, start }])).toEqual([
        { topic: 't', partition: 0, start },
      ]);
    }
  });

  it.each([4n, 10n])('refuse offset %s outside of 5 to 9', (start) => {
    expect(() => startPositions(bounds, [{ topic: 't', partition: 0, start }])).toThrow('the log holds 5 to 9');
  });

  it('refuse to guess where no start was given', () => {
    expect(() => startPositions(bounds, [{ topic: 't', partition: 1, start: 5n }])).toThrow('no start was given');
  });
});

describe('backoff', () => {
  it('stays between its floor and its cap', () => {
    fc.assert(
      fc.property(fc.nat(), fc.double({ min: 0, max: 1, noNaN: true }), (attempt, chance) => {
        const waitMs = fullJitterMs(attempt, { baseMs: 200, capMs: 5_000, floorMs: 50 }, () => chance);
        expect(waitMs).toBeGreaterThanOrEqual(50);
        expect(waitMs).toBeLessThanOrEqual(5_000);
      }),
    );
  });
});

describe('offset commits', () => {
  it('keep the last offset of each partition until they are taken', () => {
    const commits = new OffsetCommits(0);
    commits.note('t', 0, 3n);
    commits.note('t', 0, 8n);
    commits.note('t', 1, 1n);
    expect(commits.isDue).toBe(true);
    expect(commits.take()).toEqual([
      { topic: 't', partition: 0, offset: '8' },
      { topic: 't', partition: 1, offset: '1' },
    ]);
    expect(commits.isDue).toBe(false);
  });
});

describe('a record', () => {
  const message = {
    key: Buffer.from('k'),
    value: null,
    timestamp: '1700000000000',
    offset: '9007199254740993',
    attributes: 0,
  };

  it("keeps the last value of a repeated header, and a tombstone's missing value", () => {
    const record = logRecord('t', 2, {
      ...message,
      headers: { a: ['1', Buffer.from('2')], b: Buffer.from('ü'), __proto__x: 'y' },
    });
    expect(record).toMatchObject({
      value: null,
      offset: 9007199254740993n,
      timestamp: 1_700_000_000_000,
      headers: { a: '2', b: 'ü' },
    });
  });
});
