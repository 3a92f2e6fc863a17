import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { describe, expect, test } from 'vitest';
import { diffOf } from '../../../src/operations/data-diff.ts';
import { parsedData, unmaskedPaths } from '../../../src/operations/edit-parked.ts';
import { editedText } from '../../../src/operations/editor.ts';
import { diffLines } from '../../../src/operations/printing/diff-lines.ts';
import { plain } from './builders.ts';

describe('the difference between two versions of the data', () => {
  const before = { id: 'a', lines: [{ quantity: 1 }, { quantity: 2 }], customer: { email: '••••' }, note: null };

  test('is by the path, in lists and records too', () => {
    const after = { id: 'a', lines: [{ quantity: 1 }, { quantity: 3 }, { quantity: 4 }], customer: {}, note: 'x' };
    expect(diffOf(before, after)).toEqual([
      { path: 'lines[1].quantity', before: 2, after: 3 },
      { path: 'lines[2]', before: undefined, after: { quantity: 4 } },
      { path: 'customer.email', before: '••••', after: undefined },
      { path: 'note', before: null, after: 'x' },
    ]);
  });

  test('is nothing for the same', () => {
    expect(diffOf(before, structuredClone(before))).toEqual([]);
    expect(diffLines([], plain.colours)).toEqual(['nothing is different']);
  });

  test('is shown with what was and what is, and does not act upon the terminal', () => {
    const changes = diffOf({ a: '1\u009B2J', b: 1 }, { a: '2', c: [] });
    expect(diffLines(changes, plain.colours)).toEqual(['- a: "1\\u009b2J"', '+ a: "2"', '- b: 1', '+ c: []']);
  });

  test('says which masked values it would replace', () => {
    const after = { ...before, id: 'b', customer: { email: 'new@example.com' } };
    expect(unmaskedPaths(diffOf(before, after), ['customer.email', 'customer.name'])).toEqual(['customer.email']);
    expect(unmaskedPaths(diffOf(before, { ...before, id: 'b' }), ['customer.email'])).toEqual([]);
  });
});

describe('the data that is written', () => {
  test('is a JSON object', () => {
    expect(parsedData('{"a":1}', 'data.json')).toEqual({ a: 1 });
    for (const text of ['', '[]', 'null', '"a"', '{'])
      expect(() => parsedData(text, 'data.json')).toThrow(/data\.json is/);
  });

  test('comes from the person’s editor, with its arguments, and is not left on the disk', async () => {
    const script = `sh -c 'printf "%s" "$2" > "$2"' --`;
    const file = await editedText('{}', { EDITOR: `${script} now` });
    expect(file).toMatch(/waybill-edit-.*data\.json$/);
    await expect(stat(dirname(file))).rejects.toThrow(/ENOENT/);
  });

  test('is not taken when the editor fails', async () => {
    await expect(editedText('{}', { EDITOR: 'false' })).rejects.toThrow('The editor (false) ended with 1');
  });
});
