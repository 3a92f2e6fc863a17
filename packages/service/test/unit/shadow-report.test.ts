import { expect, it } from 'vitest';
import { type Compared, reportOf, withCompared } from '../../src/operations/shadow-report.ts';

function differing(event: string): Compared {
  const differences = [
    { kind: 'rows', where: ['public.mail: none → 1 inserted'] },
    { kind: 'published', where: ['nothing → mail.v1.MailSent'] },
  ] as const;
  return { event, type: 'mail.v1.Asked', comparison: { verdict: 'differs', differences } };
}

function ended(comparison: Compared['comparison']): Compared {
  return { event: 'one', type: 'mail.v1.Asked', comparison };
}

it('a report counts each event once, and each kind of its differences', () => {
  const report = withCompared(reportOf(undefined), [
    ended({ verdict: 'equal', by: 'statements' }),
    ended({ verdict: 'equal', by: 'rows' }),
    ended({ verdict: 'failed-both' }),
    ended({ verdict: 'not-run' }),
    ended({ verdict: 'busy' }),
    differing('two'),
  ]);
  expect(report).toMatchObject({ equal: 2, equalByRows: 1, failedBoth: 1, notRun: 1, busy: 1, differ: 1 });
  expect(report.differences).toMatchObject([
    { kind: 'rows', count: 1, examples: [{ event: 'two', type: 'mail.v1.Asked' }] },
    { kind: 'published', count: 1 },
  ]);
});

it('a report goes on from what was kept, with twenty examples of a kind at most', () => {
  const kept: unknown = JSON.parse(JSON.stringify(withCompared(reportOf(undefined), [differing('first')])));
  const more = withCompared(
    reportOf(kept),
    Array.from({ length: 30 }, (_, at) => differing(`event-${at}`)),
  );
  expect(more).toMatchObject({ differ: 31 });
  for (const { count, examples } of more.differences) {
    expect(count).toBe(31);
    expect(examples).toHaveLength(20);
    expect(examples[0]?.event).toBe('first');
  }
});
