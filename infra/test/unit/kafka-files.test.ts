import { expect, test } from 'vitest';
import { namesController } from '../../local/kafka-probe.ts';
import { newClusterId, properties } from '../../local/kafka.ts';

function metadata(brokers: number, controller: number): Buffer {
  const text = (value: string) => Buffer.concat([Buffer.from([0, value.length]), Buffer.from(value)]);
  const int32 = (value: number) => {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32BE(value);
    return bytes;
  };
  const broker = [int32(1), text('127.0.0.1'), int32(9092), Buffer.from([0xff, 0xff])];
  const parts = [int32(1), int32(0), int32(brokers), ...Array.from({ length: brokers }, () => broker).flat()];
  const body = Buffer.concat([...parts, text('cluster'), int32(controller), int32(0)]);
  return Buffer.concat([int32(body.length), body]);
}

test('a broker is at work when it names itself and a controller', () => {
  expect(namesController(metadata(1, 1))).toBe(true);
  expect(namesController(metadata(0, 1))).toBe(false);
  expect(namesController(metadata(1, -1))).toBe(false);
  expect(namesController(metadata(1, 1).subarray(0, 20))).toBe(false);
});

test('a backslash in a path survives the properties format', () => {
  expect(properties({ 'log.dirs': String.raw`C:\data` })).toBe('log.dirs=C:\\\\data\n');
});

test('the id of a new cluster never looks like an option', () => {
  const drawn = [Buffer.alloc(16, 0xf8), Buffer.alloc(16, 0xfb), Buffer.alloc(16, 1)];
  expect(drawn[0]?.toString('base64url')).toMatch(/^-/);
  expect(newClusterId(() => drawn.shift() ?? Buffer.alloc(16))).not.toMatch(/^-/);
});
