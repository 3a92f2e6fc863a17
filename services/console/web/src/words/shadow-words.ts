import type { ShadowReport } from '@waybill/service/operations';
import { counted, grouped } from './counting.ts';

type Kind = ShadowReport['differences'][number]['kind'];

/** What differs, as a heading. */
export const differenceWords: Readonly<Record<Kind, string>> = {
  needs: 'They wait for other entities',
  call: 'One calls the outside, the other does not',
  ending: 'They ended otherwise',
  published: 'They published something else',
  rows: 'They wrote other rows',
  parameters: 'They made the same statements with other values',
};

/** What a shadow found, in one sentence. */
export function shadowSentence({ equal, differ, failedBoth, notRun, busy }: ShadowReport): string {
  const parts = [
    `${counted(equal, 'event')} came out the same`,
    `${grouped(differ)} differ`,
    ...(failedBoth === 0 ? [] : [`${grouped(failedBoth)} failed in the same way`]),
    ...(notRun === 0 ? [] : [`${grouped(notRun)} call the outside, which was not done`]),
    ...(busy === 0 ? [] : [`${grouped(busy)} could not be compared, since live traffic was in the way`]),
  ];
  return `${parts.join(' · ')}.`;
}
