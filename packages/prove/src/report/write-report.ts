import { writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProofEvidence, ProofReport } from '@waybill/checker';
import { page } from './page.ts';
import { seriesOf, type Visit } from './series.ts';

export interface WriteReportOptions {
  readonly file: string;
  readonly seed: string;
  readonly minutes: number;
  readonly evidence: ProofEvidence;
  /** When the load began, milliseconds since 1970. */
  readonly from: number;
  readonly report: ProofReport;
}

const checkout = fileURLToPath(new URL('../../../..', import.meta.url));

/** Writes the report of a run as one HTML file. */
export function writeReport({ file, seed, minutes, evidence, from, report }: WriteReportOptions): void {
  const visits = visitsOf(evidence);
  const committed = evidence.operations.flatMap(({ outcome, endedAt }) =>
    outcome === 'ok' && endedAt !== undefined ? [endedAt] : [],
  );
  const to = visits.reduce((last, visit) => Math.max(last, visit.to), from);
  const link = (path: string) => relative(dirname(file), join(checkout, path));
  const series = seriesOf({ from, to, committed, visits });
  writeFileSync(file, page({ seed, minutes, report, series, visits, from, link }));
}

/** From the time in an event's envelope to each of its effects. */
function visitsOf({ records, databases }: ProofEvidence): readonly Visit[] {
  const times = new Map(records.map(({ id, time }) => [id, time.getTime()]));
  return [...databases.values()].flatMap(({ effects }) =>
    effects.flatMap(({ eventId, at }) => {
      const from = times.get(eventId);
      return from === undefined ? [] : [{ from, to: at.getTime() }];
    }),
  );
}
