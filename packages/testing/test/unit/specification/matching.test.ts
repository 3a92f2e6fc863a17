import { Decimal } from '@waybill/contracts';
import { describe, expect, it } from 'vitest';
import { isMatch, shapeOf } from '../../../src/specification/matching.ts';

describe('a value', () => {
  it.each([
    [{ a: 1, b: 2 }, { a: 1 }],
    [{ a: { b: [1, { c: 2, d: 3 }] } }, { a: { b: [1, { c: 2 }] } }],
    [new Date(5), new Date(5)],
    [{ n: new Decimal('1.50') }, { n: new Decimal('1.5') }],
    [
      { at: new Date(), id: 'x-1' },
      { at: expect.any(Date), id: expect.stringMatching(/^x/) },
    ],
    [null, null],
    [{ a: undefined }, { a: undefined }],
  ])('%j is as expected by %j', (actual, expected) => {
    expect(isMatch(actual, expected)).toBe(true);
  });

  it.each([
    [{ a: 1 }, { a: 1, b: 2 }],
    [{ a: 1 }, { a: '1' }],
    [[1, 2], [1]],
    [[1], [1, 2]],
    [null, {}],
    [{}, null],
    [[], {}],
    [new Date(5), new Date(6)],
    [{ n: new Decimal('1.5') }, { n: new Decimal('1.51') }],
    [{ n: '1.5' }, { n: new Decimal('1.5') }],
  ])('%o is not as expected by %o', (actual, expected) => {
    expect(isMatch(actual, expected)).toBe(false);
  });

  it('that is a bigint is compared as one', () => {
    expect([isMatch(5n, 5n), isMatch(5n, 6n), isMatch(5, 5n)]).toEqual([true, false, false]);
  });

  it('is shown by what differs of what was expected', () => {
    const matcher: unknown = expect.any(String);
    expect(shapeOf({ a: 1, b: 'x', c: 3 }, { a: 2, b: matcher })).toEqual({ a: 1, b: matcher });
  });
});
