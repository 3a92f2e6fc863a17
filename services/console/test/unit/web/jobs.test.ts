import { describe, expect, it } from 'vitest';
import { bulkSummary, jobSentence, jobShares, paceWords, withJobSample } from '#web/jobs/bulk-summary.ts';
import { reportOf, swapSummary, tableSentence } from '#web/jobs/rebuild-words.ts';
import { before, job } from './samples.ts';

const run = {
  total: 118,
  entities: 97,
  behind: 12,
  oldest: before(740),
  newest: before(40),
  types: [],
  needsApproval: true,
  estimatedSeconds: 65,
};

describe('a dry run', () => {
  it('says what would be touched, who must agree, and what cannot be taken back', () => {
    const summary = bulkSummary('redrive', run, 'UTC');
    expect(summary.headline).toBe('118 entries of 97 entities will be tried again.');
    expect(summary.facts).toContainEqual({ name: 'Takes about', value: '1 min 5 s' });
    expect(summary.facts).toContainEqual({ name: 'Who must agree', value: 'an approver who is not you' });
    expect(summary.facts).toContainEqual({ name: 'Behind them', value: '12 events that follow once theirs went well' });
    expect(summary.lasting).toContain('cannot be taken back');
  });

  it('says that a number is the most that it can be', () => {
    expect(bulkSummary('replay', { ...run, estimate: 'at-most' }).headline).toBe(
      'At most 118 events of 97 entities will be delivered again.',
    );
  });

  it('says of a shadow that nothing of it stays, but for what goes around its transaction', () => {
    const summary = bulkSummary('shadow', { ...run, entities: 0, estimate: 'at-most' });
    expect(summary.headline).toBe('At most 118 events will be compared.');
    expect(summary.lasting).toContain('rolled back');
  });

  it('says that there is nothing to do', () => {
    expect(bulkSummary('replay', { ...run, total: 0 }).headline).toBe('Nothing fits: the job would touch nothing.');
  });
});

describe('a job', () => {
  it('has shares that add up to its total', () => {
    expect(jobShares(job())).toEqual({ done: 30, failed: 5, passed: 2, left: 63 });
    expect(jobShares(job({ done: 200 })).left).toBe(0);
  });

  it('is told in one sentence', () => {
    expect(jobSentence(job({ estimatedSeconds: 2 }))).toBe('30 of 100 done · 5 failed again · 63 left, about 2 s');
    expect(jobSentence(job({ state: 'cancelled', failed: 0 }))).toBe('30 of 100 done · 68 not begun');
  });

  it('has a pace in words', () => {
    expect(paceWords(job().pace)).toBe(
      '5 go first, alone; then 50 a second, reached within 10 s; stops by itself when more than 20 % fail',
    );
  });

  it('is sampled so that a pause is a flat line of two points', () => {
    const shares = { done: 1, failed: 0, passed: 0, left: 9 };
    const samples = [1, 2, 3].reduce<ReturnType<typeof withJobSample>>(
      (all, at) => withJobSample(all, { at, ...shares }),
      [],
    );
    expect(samples.map(({ at }) => at)).toEqual([1, 3]);
    expect(withJobSample(samples, { at: 2, ...shares })).toBe(samples);
  });
});

describe('a rebuild', () => {
  const table = {
    ...{ table: 'contact', equal: 7, different: 2, onlyOld: 1, onlyNew: 0, columns: [] },
    examples: { different: [], onlyOld: [], onlyNew: [] },
  };
  const report = {
    ...{ generation: 'shop.view@2', comparedAt: before(60), partitionsApart: 0, tables: [table] },
    entities: { equal: 9, different: 1, onlyOld: 0, onlyNew: 0, examples: [] },
    parked: { dead: 1, behind: 0, failures: [] },
  };

  it('says before it begins what it reads, and that nobody sees what it makes', () => {
    const summary = bulkSummary('rebuild', run);
    expect(summary.headline).toBe('At most 118 records will be read, to make 97 entities anew.');
    expect(summary.lasting).toContain('Nothing is published again');
  });

  it('says before its swap what changes and vanishes', () => {
    expect(tableSentence({ ...table, different: 0, onlyOld: 0 })).toBe('All 7 rows are equal.');
    expect(swapSummary('shop.view', report)).toMatchObject({
      vanishing: 1,
      touches: [
        'contact: 2 rows would change, 1 row would vanish; 7 stay.',
        '1 entity will be at another version.',
        '1 event failed in the new generation, and will be dead in shop.view.',
      ],
    });
  });

  it('is told by what it has read, and what is next', () => {
    expect(jobSentence(job({ kind: 'rebuild', state: 'ready', done: 98, failed: 2 }))).toBe(
      '100 of 100 records read · 2 events failed in the new generation · compare it, and swap it in',
    );
    expect(reportOf(job({ kind: 'replay', report }))).toBeUndefined();
  });
});
