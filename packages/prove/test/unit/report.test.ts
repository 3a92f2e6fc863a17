import type { ProofReport } from '@waybill/checker';
import { describe, expect, it } from 'vitest';
import { page } from '../../src/report/page.ts';
import { seriesOf } from '../../src/report/series.ts';
import { faultCounts, jsonSummary } from '../../src/summary.ts';

const report: ProofReport = {
  verdict: 'invalid',
  findings: [{ promise: 'I3', code: 'repeated.effect', message: 'office had 2 effects for <script>.', ids: ['e1'] }],
  checks: [{ promise: 'I3', says: 'No event has two effects.', file: 'repeated.ts', found: 1 }],
  doubts: ['the topics: no answer'],
  faults: [
    { id: 1, form: 'kill', target: 'east-1', beganAt: 2_000, endedAt: 2_000, hit: true },
    { id: 2, form: 'kill', target: 'office-1', beganAt: 3_000, endedAt: 3_000, hit: false },
    { id: 3, form: 'stop', target: 'east-2', beganAt: 3_000, endedAt: 16_000, hit: true },
  ],
  figures: {
    ...{ operations: { ok: 3, failed: 1, unknown: 1 }, events: 5, records: 6, effects: 9, parked: 1 },
    ...{ reordered: 0, audits: 2 },
  },
};

describe('the series of a report', () => {
  it('sort what happened into seconds, and have no time to visibility where nothing was seen', () => {
    const visits = [
      { from: 1_000, to: 1_010 },
      { from: 1_000, to: 1_400 },
      { from: 1_500, to: 3_100 },
    ];
    expect(seriesOf({ from: 1_000, to: 4_000, committed: [1_000, 1_999, 2_000, 900], visits })).toEqual({
      seconds: 3,
      operations: [2, 1, 0],
      effects: [2, 0, 1],
      p50: [10, undefined, 1_600],
      p99: [400, undefined, 1_600],
    });
  });
});

describe('a report', () => {
  it('counts the faults of each form, and those that hit work in flight', () => {
    expect(faultCounts(report)).toEqual({ kill: { done: 2, inFlight: 1 }, stop: { done: 1, inFlight: 1 } });
  });

  it('is one object with the verdict, the faults and the ids of what violates', () => {
    expect(jsonSummary(report, { seed: 's', minutes: 2, reportFile: 'r.html' })).toMatchObject({
      verdict: 'invalid',
      events: 5,
      violations: [{ promise: 'I3', code: 'repeated.effect', ids: ['e1'] }],
    });
  });

  it('is one page with the verdict, a mark for each fault and each check, and no markup from what it tells', () => {
    const series = seriesOf({ from: 1_000, to: 20_000, committed: [], visits: [] });
    const html = page({ seed: 's', minutes: 2, report, series, visits: [], from: 1_000, link: (path) => `../${path}` });
    expect(html).toContain('<span class="verdict invalid">invalid</span>');
    expect(html.match(/<rect class="fault(?: hit)?"[^>]*><title>/g)).toHaveLength(3);
    expect(html).toContain('../packages/checker/src/proof/checks/repeated.ts');
    expect(html).toContain('&lt;script&gt;');
    expect(html).not.toContain('<script');
    expect(html).not.toMatch(/(?:src|href)="https?:/);
  });
});
