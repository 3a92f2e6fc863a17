import { describe, expect, it } from 'vitest';
import { withValues } from '../../src/publishing/copy-query.ts';

describe('a statement that takes no parameters', () => {
  it('gets its numbers written in', () => {
    expect(
      withValues('a = $1::int AND b = ANY ($2::xid8[]) AND c = $10', [1, [2n, 3n], 0, 0, 0, 0, 0, 0, 0, 2n ** 60n]),
    ).toBe("a = '1'::int AND b = ANY ('{2,3}'::xid8[]) AND c = '1152921504606846976'");
    expect(withValues('$1::int[]', [[]])).toBe("'{}'::int[]");
  });

  it('is refused when it wants a number that was not given', () => {
    expect(() => withValues('$2', [1])).toThrow('$2 has no value');
  });
});
