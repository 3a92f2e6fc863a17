import { type JobView, shadowReport } from '@waybill/service/operations';
import { counted } from './colours.ts';
import { printableParts } from './printable.ts';
import type { View } from './view.ts';

const kinds = {
  needs: 'wait for other entities',
  call: 'call the outside, or do not',
  ending: 'ended otherwise',
  published: 'published something else',
  rows: 'wrote other rows',
  parameters: 'made the same statements with other values',
} as const;

/** What a shadow found, for people: counts, and for each kind of difference events to look at. */
export function shadowLines({ kind, report }: Pick<JobView, 'kind' | 'report'>, { colours }: View): readonly string[] {
  const found = shadowReport.safeParse(report).data;
  if (kind !== 'shadow' || found === undefined) return [];
  const { equal, equalByRows, failedBoth, notRun, busy, differ, differences } = printableParts(found);
  const counts = [
    `${counted(equal, 'event')} the same${equalByRows === 0 ? '' : ` (${equalByRows} by the number of rows alone)`}`,
    `${differ} differ`,
    ...(failedBoth === 0 ? [] : [`${failedBoth} failed in the same way`]),
    ...(notRun === 0 ? [] : [`${notRun} call the outside, which was not done`]),
    ...(busy === 0 ? [] : [`${busy} not compared, since live traffic was in the way`]),
  ];
  return [
    '',
    colours.bold(counts.join(', ')),
    ...differences.flatMap((difference) => [
      `${counted(difference.count, 'event')} ${kinds[difference.kind]}`,
      ...difference.examples.map(({ event, type, where }) => `  ${event} ${type}: ${where.join('; ')}`),
    ]),
  ];
}
