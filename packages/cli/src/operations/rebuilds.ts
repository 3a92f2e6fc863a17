import {
  commandResult,
  discardRebuild,
  rebuildReportOf,
  swapRebuild,
  vanishingRows,
} from '@waybill/service/operations';
import { checked } from './checked.ts';
import { jobOf, type SteerFlags } from './jobs.ts';
import { commanded, type Outcome } from './outcome.ts';
import { counted } from './printing/colours.ts';
import { rebuildLines } from './printing/rebuild-lines.ts';
import type { Session } from './session.ts';

/** Shows how a rebuild differs from what is there, asks, and has it swapped in. */
export async function swapIn(session: Session, id: string, { service, reason }: SteerFlags): Promise<Outcome> {
  const { client, answer: job } = await jobOf(session, service, id);
  const report = rebuildReportOf(job);
  const body = checked(swapRebuild, { reason: await session.questions.reason(reason) });
  if (report !== undefined) {
    for (const line of rebuildLines(report, session.view())) session.screen.line(line);
    const vanishing = vanishingRows(report);
    const rows = vanishing > 0 ? ` ${counted(vanishing, 'row')} vanish, and somebody must agree.` : '';
    await session.questions.confirm(`Put this in the place of what ${job.consumer} has?${rows}`);
  }
  const result = await client.post(`/jobs/${job.id}/swap`, body, commandResult);
  return commanded(client.service, result, `the rebuild of ${job.consumer} is being swapped in`);
}

/** Takes away the tables that a rebuild took the place of. */
export async function discardRetired(session: Session, id: string, { service, reason }: SteerFlags): Promise<Outcome> {
  const { client, answer: job } = await jobOf(session, service, id);
  const body = checked(discardRebuild, reason === undefined ? {} : { reason });
  await session.questions.confirm(`Drop the tables that the rebuild of ${job.consumer} took the place of, for good?`);
  const result = await client.post(`/jobs/${job.id}/discard`, body, commandResult);
  return commanded(client.service, result, `the old tables of ${job.consumer} are gone`);
}
