import type { JobView, RebuildReport, TableReport } from '@waybill/service/operations';
import { counted, grouped } from '../words/counting.ts';

/** What a rebuild found; undefined before it has caught up, and for any other job. */
export function reportOf(job: Pick<JobView, 'kind' | 'report'>): RebuildReport | undefined {
  return job.kind === 'rebuild' ? (job.report as RebuildReport | undefined) : undefined;
}

/** How a table of the new generation differs, in one sentence. */
export function tableSentence({ equal, different, onlyOld, onlyNew }: TableReport): string {
  if (different + onlyOld + onlyNew === 0) return `All ${counted(equal, 'row')} are equal.`;
  const parts = [
    ...(different > 0 ? [`${counted(different, 'row')} would change`] : []),
    ...(onlyNew > 0 ? [`${counted(onlyNew, 'row')} would appear`] : []),
    ...(onlyOld > 0 ? [`${counted(onlyOld, 'row')} would vanish`] : []),
  ];
  return `${parts.join(', ')}; ${grouped(equal)} stay${equal === 1 ? 's' : ''}.`;
}

/** What a swap would do, before anybody asks for it. */
export function swapSummary(
  consumer: string,
  report: RebuildReport,
): { readonly touches: readonly string[]; readonly vanishing: number; readonly lasting: string } {
  const { tables, entities, parked } = report;
  const vanishing = tables.reduce((sum, { onlyOld }) => sum + onlyOld, 0);
  const versions = entities.different + entities.onlyOld + entities.onlyNew;
  return {
    vanishing,
    touches: [
      ...tables.map((table) => `${table.table}: ${tableSentence(table)}`),
      ...(versions > 0 ? [`${counted(versions, 'entity', 'entities')} will be at another version.`] : []),
      ...(parked.dead > 0
        ? [`${counted(parked.dead, 'event')} failed in the new generation, and will be dead in ${consumer}.`]
        : []),
      ...(report.partitionsApart > 0
        ? ['The two were not at the same offsets when they were compared: some of this may be that alone.']
        : []),
    ],
    lasting: `${consumer} stands still for some seconds, and goes on from the new tables. The old ones are kept for 7 days, but there is no way back by a button: what comes after the swap is not in them.`,
  };
}
