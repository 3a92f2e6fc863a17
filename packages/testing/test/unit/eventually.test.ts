import { describe, expect, test } from 'vitest';
import { eventually, uniqueName } from '../../src/eventually.ts';

describe('eventually', () => {
  test('resolves to the first answer that is one', async () => {
    const answers = [undefined, false, null, 0];
    expect(await eventually(() => answers.shift(), { what: 'an answer' })).toBe(0);
  });

  test('asks again when the condition throws', async () => {
    let asked = 0;
    const condition = () => {
      asked += 1;
      if (asked < 3) throw new Error('not yet');
      return asked;
    };
    expect(await eventually(condition, { what: 'the third time', everyMs: 1 })).toBe(3);
  });

  test('fails after the deadline with what it waited for and what it saw last', async () => {
    const waiting = eventually(() => Promise.reject(new Error('two rows')), { what: 'three rows', deadlineMs: 30 });
    await expect(waiting).rejects.toThrow('three rows: not within 30 ms; last seen: two rows');
  });
});

test('a unique name keeps its prefix and is never given twice', () => {
  const names = Array.from({ length: 1000 }, () => uniqueName('orders'));
  expect(new Set(names).size).toBe(names.length);
  expect(names.every((name) => /^orders-[0-9a-f]{12}$/.test(name))).toBe(true);
});
