import { commandResult, dryRun, type StartJob } from '@waybill/service/operations';
import type { OperationsClient } from './client.ts';
import { commanded, type Outcome, shown } from './outcome.ts';
import { counted } from './printing/colours.ts';
import { dryRunLines } from './printing/job-lines.ts';
import type { Session } from './session.ts';

/** Shows what a job would touch; and unless that is all that was wanted, asks, and begins it. */
export async function beginJob(
  session: Session,
  client: OperationsClient,
  job: StartJob,
  extent: 'begin' | 'dry run only',
): Promise<Outcome> {
  const { service } = client;
  const plan = await client.post('/jobs/dry-run', job, dryRun);
  const lines = dryRunLines(plan, session.view());
  if (plan.total === 0) return shown(['Nothing fits this, so there is nothing to do.'], { service, dryRun: plan });
  if (extent === 'dry run only') return shown(lines, { service, dryRun: plan });
  for (const line of lines) session.screen.line(line);
  await session.questions.confirm(
    plan.needsApproval ? 'Ask for somebody’s agreement to this?' : `Begin with ${counted(plan.total, 'event')}?`,
  );
  const begun = await client.post('/jobs', job, commandResult);
  const outcome = commanded(service, begun, `the job that ${purposes[job.kind]} at ${consumerOf(job)}`);
  return { ...outcome, json: { ...outcome.json, dryRun: plan } };
}

const purposes: Readonly<Record<StartJob['kind'], string>> = {
  redrive: 'tries dead events again',
  replay: 'gives published events again',
  rebuild: 'makes a new generation of the projection',
  shadow: 'compares new handlers with the living ones',
};

function consumerOf(job: StartJob): string {
  return job.kind === 'redrive' ? job.selection.consumer : job.consumer;
}
