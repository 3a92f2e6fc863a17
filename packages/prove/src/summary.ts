import type { ProofReport } from '@waybill/checker';

/** Violations in the object of `--json`, at most; the report has all. */
const mostViolations = 200;

/** A form of fault: how often it was done, and how often that hit work in flight. */
export interface FaultCount {
  readonly done: number;
  readonly inFlight: number;
}

/** The faults that were done, by form. */
export function faultCounts({ faults, figures }: ProofReport): Readonly<Record<string, FaultCount>> {
  const counts: Record<string, FaultCount> = {};
  for (const { form, hit } of faults) {
    const { done, inFlight } = counts[form] ?? { done: 0, inFlight: 0 };
    counts[form] = { done: done + 1, inFlight: inFlight + (hit ? 1 : 0) };
  }
  if (figures.reordered > 0) counts['delivery'] = { done: figures.reordered, inFlight: figures.reordered };
  return counts;
}

/** The one object of `--json`, in the order of its fields. */
export function jsonSummary(
  report: ProofReport,
  run: { readonly seed: string; readonly minutes: number; readonly reportFile: string },
) {
  const { verdict, findings, doubts, figures } = report;
  return {
    verdict,
    seed: run.seed,
    minutes: run.minutes,
    faults: faultCounts(report),
    operations: figures.operations,
    events: figures.events,
    effects: figures.effects,
    parked: figures.parked,
    violations: findings
      .slice(0, mostViolations)
      .map(({ promise, code, message, ids }) => ({ promise, code, message, ids })),
    doubts,
    report: run.reportFile,
  };
}

const findingsShown = 10;

/** The report for people, a line each. */
export function summaryLines(report: ProofReport): readonly string[] {
  const { figures, findings, doubts, verdict } = report;
  const { ok, failed, unknown } = figures.operations;
  const counts = Object.entries(faultCounts(report));
  const sum = (pick: (count: FaultCount) => number) => counts.reduce((total, [, count]) => total + pick(count), 0);
  return [
    `${ok} operations committed, ${failed} rolled back, ${unknown} with an outcome that nobody was told`,
    `${figures.events} events in ${figures.records} records, ${figures.effects} effects, ${figures.parked} parked`,
    `${sum(({ done }) => done)} faults, ${sum(({ inFlight }) => inFlight)} of them hit work in flight: ${counts
      .map(([form, { done, inFlight }]) => `${form} ${inFlight}/${done}`)
      .join(', ')}`,
    `${figures.audits} looks at the sum of what was accepted`,
    ...findings.slice(0, findingsShown).map(({ promise, code, message }) => `${promise} ${code}: ${message}`),
    ...(findings.length > findingsShown ? [`and ${findings.length - findingsShown} more violations`] : []),
    ...doubts.map((doubt) => `in doubt: ${doubt}`),
    `verdict: ${verdict}`,
  ];
}
