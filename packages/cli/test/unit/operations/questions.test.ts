import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/operations/errors.ts';
import { questionsOn } from '../../../src/operations/questions.ts';

const inPipe = (yes: 'given' | 'not given') => questionsOn({ mode: 'pipe', yes, output: new PassThrough() });

describe('what cannot be undone, where nobody can be asked', () => {
  test('is refused as wrong use without --yes', async () => {
    await expect(inPipe('not given').confirm('Skip it?')).rejects.toBeInstanceOf(UsageError);
    await expect(inPipe('not given').confirm('Skip it?')).rejects.toThrow(/--yes/);
  });

  test('is done with it', async () => {
    await expect(inPipe('given').confirm('Skip it?')).resolves.toBeUndefined();
  });

  test('needs its reason as an option', async () => {
    expect(await inPipe('given').reason('it is foreign')).toBe('it is foreign');
    await expect(inPipe('given').reason(undefined)).rejects.toThrow(/--reason/);
    expect(await inPipe('given').wants('Edit it again?')).toBe('no');
  });
});
