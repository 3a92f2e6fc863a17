import { describe, expect, test } from 'vitest';
import { entryId, oldestFirst } from '../../../src/operations/entry-id.ts';
import { number, several, timeOf, wholeNumber } from '../../../src/operations/options.ts';
import { now } from './builders.ts';

describe('an option', () => {
  test('that is a whole number is in its range', () => {
    expect(wholeNumber(1, 200)('200')).toBe(200);
    for (const text of ['0', '201', '1.5', '-1', '', ' 1', '1e2', '0x1'])
      expect(() => wholeNumber(1, 200)(text)).toThrow('a whole number from 1 to 200');
  });

  test('that is a number may be a fraction', () => {
    expect(number(0.1, 5_000)('0.5')).toBe(0.5);
    for (const text of ['0', '5001', 'fast', '', ' ', 'NaN', 'Infinity'])
      expect(() => number(0.1, 5_000)(text)).toThrow('a number from 0.1 to 5000');
  });

  test.each([
    ['90s', '2026-07-31T21:58:30.000Z'],
    ['15min', '2026-07-31T21:45:00.000Z'],
    ['2h', '2026-07-31T20:00:00.000Z'],
    ['3d', '2026-07-28T22:00:00.000Z'],
    ['2026-07-31T23:30:00+02:00', '2026-07-31T21:30:00.000Z'],
    ['2026-07-31T21:30:00.5Z', '2026-07-31T21:30:00.500Z'],
  ])('that is a time may be %s', (text, time) => {
    expect(timeOf(text, now)).toBe(time);
  });

  test.each(['yesterday', '5m', '2026-07-31', '2026-07-31T21:30:00', '2026-13-31T21:30:00Z', '', '-2h'])(
    'that is a time may not be %j',
    (text) => {
      expect(() => timeOf(text, now)).toThrow(/RFC 3339|with its zone/);
    },
  );

  test('may be given several times', () => {
    expect(several('b', several('a', undefined))).toEqual(['a', 'b']);
  });

  test('that is an entry’s id can be nothing else', () => {
    expect(entryId('42')).toBe('42');
    for (const text of ['', '4/2', '..', '-1', '12345678901234567890']) expect(() => entryId(text)).toThrow(/no id/);
  });

  test('that names entries puts them in the order in which they were parked', () => {
    expect(oldestFirst(['9007199254740993', '42', '9007199254740992', '42'])).toEqual([
      '42',
      '9007199254740992',
      '9007199254740993',
    ]);
  });
});
