import type { Comparison, Difference } from '@waybill/messaging';
import { type ShadowReport, shadowExamples, shadowReport } from './shadow-api.ts';

/** An event that was compared, or could not be for what was in the way. */
export interface Compared {
  readonly event: string;
  readonly type: string;
  readonly comparison: Comparison | { readonly verdict: 'busy' };
}

const nothingFound: ShadowReport = {
  ...{ equal: 0, equalByRows: 0, failedBoth: 0, notRun: 0, busy: 0, differ: 0 },
  differences: [],
};

/** What a shadow found so far, as it is kept with its job. */
export function reportOf(stored: unknown): ShadowReport {
  return shadowReport.safeParse(stored).data ?? nothingFound;
}

/** A report with more events in it. Pure. */
export function withCompared(report: ShadowReport, more: readonly Compared[]): ShadowReport {
  return more.reduce(withOne, report);
}

function withOne(report: ShadowReport, { event, type, comparison }: Compared): ShadowReport {
  switch (comparison.verdict) {
    case 'equal':
      return {
        ...report,
        equal: report.equal + 1,
        equalByRows: report.equalByRows + (comparison.by === 'rows' ? 1 : 0),
      };
    case 'failed-both':
      return { ...report, failedBoth: report.failedBoth + 1 };
    case 'not-run':
      return { ...report, notRun: report.notRun + 1 };
    case 'busy':
      return { ...report, busy: report.busy + 1 };
    case 'differs':
      return {
        ...report,
        differ: report.differ + 1,
        differences: comparison.differences.reduce(
          (known, difference) => withDifference(known, difference, { event, type }),
          report.differences,
        ),
      };
  }
}

function withDifference(
  known: ShadowReport['differences'],
  { kind, where }: Difference,
  { event, type }: Pick<Compared, 'event' | 'type'>,
): ShadowReport['differences'] {
  const before = known.find((each) => each.kind === kind) ?? { kind, count: 0, examples: [] };
  const examples =
    before.examples.length < shadowExamples
      ? [...before.examples, { event, type, where: [...where] }]
      : before.examples;
  const after = { kind, count: before.count + 1, examples };
  return [...known.filter((each) => each.kind !== kind), after].toSorted((a, b) => b.count - a.count);
}
