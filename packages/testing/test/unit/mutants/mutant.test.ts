import { Worker } from 'node:worker_threads';
import { shareOut } from '@waybill/messaging';
import { describe, expect, it } from 'vitest';
import { type Mutant, MutantDoesNotFitError, withMistake } from '../../../src/mutants/mutant.ts';

const mutant: Mutant = {
  name: 'the wrong sum',
  file: 'packages/messaging/src/publishing/shares.ts',
  find: 'const members = [...new Set([...alive, relay])].toSorted();',
  replace: 'const members = [relay];',
  why: 'each relay takes all shards',
};

describe('a mutant', () => {
  it('changes its text, as it stands and without reading it as a pattern', () => {
    expect(withMistake('a + b', { ...mutant, find: 'b', replace: '$&$&' })).toBe('a + $&$&');
  });

  it('refuses a file in which its text is not there exactly once', () => {
    expect(() => withMistake('a', { ...mutant, find: 'b' })).toThrow(MutantDoesNotFitError);
    expect(() => withMistake('b b', { ...mutant, find: 'b' })).toThrow('finds its text 2 times');
  });

  it('is loaded in place of its file, in its own thread alone', async () => {
    const worker = new Worker(new URL('./mutated-worker.ts', import.meta.url), { workerData: mutant });
    const answer = await new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    expect(answer).toEqual([true, [0, 1]]);
    const leases = [0, 1].map((shard) => ({ shard, owner: undefined }));
    expect(shareOut('a', ['b'], leases).claim).toEqual([0]);
  });
});
