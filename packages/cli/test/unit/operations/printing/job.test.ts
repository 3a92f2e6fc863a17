import { describe, expect, test } from 'vitest';
import {
  barText,
  dryRunLines,
  hasEnded,
  jobLines,
  jobsLines,
  mergedJobs,
  progressText,
} from '../../../../src/operations/printing/job-lines.ts';
import { endText } from '../../../../src/operations/watch-job.ts';
import { before, job, plain } from '../builders.ts';

const report = {
  generation: 'notifications.mail@2',
  comparedAt: before(60),
  partitionsApart: 0,
  tables: [
    {
      ...{ table: 'contact', equal: 7, different: 2, onlyOld: 1, onlyNew: 0, columns: [{ column: 'status', rows: 2 }] },
      examples: { different: ['order-1', 'order-2'], onlyOld: ['order-9'], onlyNew: [] },
    },
  ],
  entities: { equal: 9, different: 0, onlyOld: 1, onlyNew: 0, examples: [] },
  parked: { dead: 1, behind: 3, failures: [{ type: 'v1.Placed', code: 'x', message: 'no', events: 1 }] },
};

describe('a job', () => {
  test('tells how far it is, and what became of what it tried', () => {
    expect(progressText(job())).toBe('210 of 500 ended (42%): 205 done, 5 failed again; 3 under way, 48 s left');
    expect(progressText(job({ state: 'done', done: 490, failed: 0, passedOver: 10, underWay: 0 }))).toBe(
      '500 of 500 ended (100%): 490 done, 10 were not dead any more',
    );
    expect(progressText(job({ total: 0, done: 0, failed: 0, underWay: 0, estimatedSeconds: undefined }))).toBe(
      '0 of 0 ended (100%): 0 done',
    );
  });

  test('has a bar for the terminal', () => {
    expect(barText(job())).toMatch(/^\[█{12}░{18}\] 210 of 500/);
    expect(barText(job({ state: 'paused' }))).toMatch(/\] paused 210 of 500/);
  });

  test('has ended when nothing more comes by itself', () => {
    expect((['running', 'paused', 'stopped', 'ready', 'cancelled', 'done'] as const).filter(hasEnded)).toEqual([
      'stopped',
      'ready',
      'cancelled',
      'done',
    ]);
    expect(endText(job({ state: 'stopped', note: 'too much failed' }))).toMatch(/^stopped \(too much failed\): 210 of/);
  });

  test('is told with its pace, and who wanted it', () => {
    const lines = jobLines('notifications', job({ approvedBy: 'grace' }), plain);
    expect(lines[0]).toBe('redrive for notifications.mail (notifications): running');
    expect(lines).toContain('pace       50/s after 10 s, 5 alone at first, stops when 20% fail');
    expect(lines).toContain('begun      2026-07-31 21:59:00Z (1 min ago) by ada');
    expect(lines).toContain('agreed by  grace');
  });

  test('of a rebuild tells what it found, and which keys differ', () => {
    const none = { different: 0, onlyOld: 0, onlyNew: 0 };
    const lines = jobLines(
      'notifications',
      job({ ...{ kind: 'rebuild', state: 'ready', selection: {} }, report }),
      plain,
    );
    expect(lines[0]).toBe('rebuild for notifications.mail (notifications): ready');
    expect(lines).toContain('contact   7 equal, 2 different, 1 only in the old, 0 only in the new');
    expect(lines).toContain('          in status 2');
    expect(lines).toContain('          only in the old: order-9');
    expect(lines).toContain('failed    1 event, and 3 behind them');
    const odd = { ...report, entities: { ...none, equal: 'many' } };
    expect(jobLines('notifications', job({ kind: 'rebuild', report: odd }), plain).join('\n')).not.toContain(
      'contact ',
    );
  });

  test('of a shadow tells what it found, with events to look at', () => {
    const differences = [
      { kind: 'rows', count: 3, examples: [{ event: 'e-1', type: 'a.v1.B', where: ['t: none → 1'] }] },
    ];
    const found = { equal: 4, equalByRows: 1, failedBoth: 2, notRun: 0, busy: 0, differ: 3, differences };
    const lines = jobLines('shipping', job({ kind: 'shadow', report: found }), plain);
    expect(lines.slice(-3)).toEqual([
      '4 events the same (1 by the number of rows alone), 3 differ, 2 failed in the same way',
      '3 events wrote other rows',
      '  e-1 a.v1.B: t: none → 1',
    ]);
    expect(jobLines('shipping', job({ report: found }), plain).join()).not.toContain('differ');
  });

  test('comes in a list before those that have ended, and then the newest first', () => {
    const rows = [
      { service: 'a', ...job({ id: '1', state: 'done', createdAt: before(1) }) },
      { service: 'b', ...job({ id: '2', state: 'stopped', createdAt: before(90) }) },
      { service: 'a', ...job({ id: '3', createdAt: before(60) }) },
    ];
    expect(mergedJobs(rows).map(({ id }) => id)).toEqual(['3', '2', '1']);
    expect(jobsLines(mergedJobs(rows), plain)).toHaveLength(4);
    expect(jobsLines([], plain)[0]).toMatch(/^There are no jobs/);
  });

  test('says before it begins what it would touch, and whether somebody must agree', () => {
    const plan = {
      total: 1_370,
      entities: 1,
      behind: 44,
      oldest: before(720),
      newest: before(60),
      types: [{ type: 'orders.v1.OrderPlaced', count: 1_370 }],
      needsApproval: true,
      estimatedSeconds: 32,
    };
    expect(dryRunLines(plan, plain)).toEqual([
      'It would touch 1,370 events of 1 entity; 44 events wait behind them.',
      '  oldest     12 min ago',
      '  newest     1 min ago',
      '  types      1370 orders.v1.OrderPlaced',
      '  takes      about 32 s',
      '  agreement  somebody else must agree before it begins',
    ]);
  });
});
