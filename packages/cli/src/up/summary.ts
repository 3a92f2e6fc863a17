import type { Report } from '@waybill/checker';

/** The one object of `--json`, in the order of its fields. */
export function jsonSummary({ figures, verdict }: Report) {
  return {
    orders: figures.orders,
    fulfilled: figures.fulfilled,
    cancelled: figures.cancelled,
    pending: figures.pending,
    parked: figures.parked,
    published: figures.published,
    deliveries: figures.deliveries,
    duplicateDeliveries: figures.duplicateDeliveries,
    duplicateEffects: figures.duplicateEffects,
    outOfOrderDeliveries: figures.outOfOrderDeliveries,
    reconciledFromSnapshot: figures.reconciledFromSnapshot,
    lost: figures.lost,
    invented: figures.invented,
    timeToVisibilityMs: figures.timeToVisibilityMs,
    verdict,
  };
}

const findingsShown = 10;

/** The report for people, a line each. */
export function summaryLines(report: Report): readonly string[] {
  const { figures, findings, doubts, verdict } = report;
  const { p50, p99 } = figures.timeToVisibilityMs;
  return [
    `${figures.orders} orders accepted: ${figures.fulfilled} fulfilled, ${figures.cancelled} cancelled, ${figures.pending} pending`,
    `${figures.published} events published; ${figures.lost} lost, ${figures.invented} invented, ${figures.parked} parked`,
    `${figures.deliveries} deliveries, ${figures.duplicateDeliveries} of them duplicates and ${figures.outOfOrderDeliveries} out of order; ${figures.duplicateEffects} duplicate effects`,
    `${figures.reconciledFromSnapshot} entities reconciled from a snapshot`,
    `time to visibility: ${Math.round(p50)} ms (median), ${Math.round(p99)} ms (99th percentile)`,
    ...findings.slice(0, findingsShown).map(({ promise, code, message }) => `${promise} ${code}: ${message}`),
    ...(findings.length > findingsShown ? [`and ${findings.length - findingsShown} more findings`] : []),
    ...doubts.map((doubt) => `in doubt: ${doubt}`),
    `verdict: ${verdict}`,
  ];
}
