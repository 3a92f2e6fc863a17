import { describe, expect, test } from 'vitest';
import { ago, ahead, clock, span } from '../../../../src/operations/printing/duration.ts';
import { jsonLines, printable, printableParts } from '../../../../src/operations/printing/printable.ts';
import { fieldLines, tableLines } from '../../../../src/operations/printing/table.ts';
import { before, now, plain } from '../builders.ts';

describe('a time span', () => {
  test.each([
    [-5, '0 s'],
    [0, '0 s'],
    [499, '0 s'],
    [45_000, '45 s'],
    [59_600, '1 min'],
    [119_000, '1 min'],
    [720_000, '12 min'],
    [7_500_000, '2 h 5 min'],
    [7_200_000, '2 h'],
    [273_600_000, '3 d 4 h'],
  ])('of %i ms is %s', (ms, text) => {
    expect(span(ms)).toBe(text);
  });

  test('is told from now on, backward and forward', () => {
    expect(ago(before(180), now)).toBe('3 min ago');
    expect(ago(before(-5), now)).toBe('just now');
    expect(ahead(before(-180), now)).toBe('in 3 min');
    expect(ahead(before(5), now)).toBe('now');
    expect(clock('2026-07-31T22:05:07.123+02:00')).toBe('2026-07-31 20:05:07Z');
  });
});

describe('text from elsewhere', () => {
  test('is in one line, and cannot act upon the terminal or turn itself around', () => {
    expect(printable('a\n  b\tc')).toBe('a b c');
    expect(printable('\u001B[31mred\u0007 \u009B2J \u202Egnp.exe ü 한')).toBe(
      '\\u001b[31mred\\u0007 \\u009b2J \\u202egnp.exe ü 한',
    );
  });

  test('is made so wherever it is in an answer, which itself stays as it is', () => {
    const answer = { a: ['\u001B', 1, null], '\u0000b': { c: '\r\n' } };
    expect(printableParts(answer)).toEqual({ a: ['\\u001b', 1, null], '\\u0000b': { c: ' ' } });
    expect(answer.a[0]).toBe('\u001B');
  });

  test('is made so in JSON', () => {
    expect(jsonLines({ a: '\u001B\u009B' })).toEqual(['{', '  "a": "\\u001b\\u009b"', '}']);
  });
});

describe('rows', () => {
  test('have columns that are as wide as they must be, and marks that do not move them', () => {
    const columns = [{ heading: 'id', align: 'right' }, { heading: 'state' }, { heading: 'why' }] as const;
    const rows = [
      ['9', { text: 'dead', mark: (text: string) => `<${text}>` }, 'x'],
      ['10', 'waiting', ''],
    ];
    expect(tableLines(columns, rows, plain)).toEqual(['id  state    why', ' 9  <dead   >  x', '10  waiting']);
  });

  test('are cut to a terminal’s width, in their last column and not to nothing', () => {
    const rows = [['a', 'b'.repeat(100)]];
    const columns = [{ heading: 'id' }, { heading: 'why' }];
    const widthIn = (width: number | undefined) => tableLines(columns, rows, { ...plain, width })[1]?.length;
    expect([widthIn(80), widthIn(10), widthIn(undefined)]).toEqual([80, 44, 104]);
  });

  test('of names leave out what is not there', () => {
    expect(
      fieldLines(
        [
          ['a', '1'],
          ['long', undefined],
          ['bc', '2'],
        ],
        plain.colours,
      ),
    ).toEqual(['a   1', 'bc  2']);
  });
});
