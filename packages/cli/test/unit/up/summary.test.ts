import type { Report } from '@waybill/checker';
import { describe, expect, it } from 'vitest';
import { jsonSummary, summaryLines } from '../../../src/up/summary.ts';

const report: Report = {
  figures: {
    orders: 2,
    fulfilled: 1,
    cancelled: 1,
    pending: 0,
    parked: 0,
    published: 12,
    deliveries: 40,
    duplicateDeliveries: 2,
    duplicateEffects: 0,
    outOfOrderDeliveries: 3,
    reconciledFromSnapshot: 1,
    lost: 0,
    invented: 0,
    timeToVisibilityMs: { p50: 12, p99: 80 },
  },
  verdict: 'valid',
  findings: [],
  doubts: [],
};

describe('the report of a run', () => {
  it('has exactly the fields that were promised, in their order', () => {
    expect(Object.keys(jsonSummary(report))).toEqual([
      'orders',
      'fulfilled',
      'cancelled',
      'pending',
      'parked',
      'published',
      'deliveries',
      'duplicateDeliveries',
      'duplicateEffects',
      'outOfOrderDeliveries',
      'reconciledFromSnapshot',
      'lost',
      'invented',
      'timeToVisibilityMs',
      'verdict',
    ]);
  });

  it('ends in its verdict', () => {
    expect(summaryLines(report).at(-1)).toBe('verdict: valid');
  });

  it('names findings and doubts, and says how many it leaves out', () => {
    const finding = { promise: 'I1', code: 'lost.order-without-row', message: 'gone', ids: ['o1'] } as const;
    const findings = Array.from({ length: 12 }, () => finding);
    const lines = summaryLines({ ...report, verdict: 'invalid', findings, doubts: ['nobody was killed'] });
    expect(lines.filter((line) => line.startsWith('I1'))).toHaveLength(10);
    expect(lines).toContain('and 2 more findings');
    expect(lines).toContain('in doubt: nobody was killed');
  });
});
