import { needsSecondPerson } from '@waybill/messaging';
import { jobById, listJobs } from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import { type ServedEndpoint, serve } from '../http/routes.ts';
import type { DryRun, StartJob } from './api.ts';
import { askFor } from './approval-commands.ts';
import { commanding, consumerNamed, type Desk, preparedCommanding, reading } from './desk.ts';
import * as endpoints from './endpoints.ts';
import { allowedTo } from './identity.ts';
import { beginJob, dryRunOf, nothingSelected, repace, steer } from './job-commands.ts';
import { outcomesOf } from './outcomes.ts';
import { noteDone } from './performed.ts';
import { jobView } from './views.ts';

/** Jobs: what one would touch, starting it, and steering it. */
export function jobRoutes(desk: Desk): readonly ServedEndpoint[] {
  const { db } = desk;
  // The brokers may be asked for it, and the log be read: no transaction waits for that.
  const sized = async ({ body }: { readonly body: StartJob }): Promise<DryRun> => {
    consumerNamed(desk, body.kind === 'redrive' ? body.selection.consumer : body.consumer);
    return dryRunOf(db, desk, body);
  };
  return [
    serve(endpoints.postDryRun, async ({ body, request }) => {
      allowedTo('jobs', request);
      return { status: 200, body: await sized({ body }) };
    }),
    preparedCommanding(desk, endpoints.postJob, 'jobs', sized, async (tx, { body }, identity, { total }) => {
      if (total === 0 && body.kind === 'shadow')
        throw nothingSelected(`${body.consumer} is past nothing of it. There is nothing to compare.`);
      if (total === 0 && body.kind === 'replay')
        throw nothingSelected(`${body.consumer} has handled all of it, or will by itself. There is nothing to replay.`);
      // Nothing of what a shadow does stays, and a rebuild asks when it is swapped in.
      const isAlone = body.kind === 'shadow' || body.kind === 'rebuild';
      if (!isAlone && needsSecondPerson({ operation: 'jobs', entries: total }))
        return askFor(tx, identity, { operation: 'jobs', job: body });
      const begun = await beginJob(tx, desk.definitions, body, { actor: identity.actor, approvedBy: undefined });
      await desk.enqueue(tx, begun.job);
      return noteDone(tx, { actor: identity.actor, approvedBy: undefined }, begun);
    }),
    reading(endpoints.getJobs, 'read', async () => {
      const jobs = await listJobs(db);
      const views = await Promise.all(jobs.map(async (job) => jobView(job, await outcomesOf(db, job))));
      return { status: 200, body: { jobs: views } };
    }),
    reading(endpoints.getJob, 'read', async ({ params: { id } }) => {
      const job = await jobById(db, id);
      if (job === undefined) throw problem(404, { code: 'ops.no-job', detail: 'There is no such job here.' });
      return { status: 200, body: jobView(job, await outcomesOf(db, job)) };
    }),
    commanding(
      desk,
      endpoints.postSteer,
      'jobs',
      async (tx, { params: { id }, body: { action, reason } }, { actor }) => {
        const performed = await steer(tx, id, action, reason);
        if (action === 'resume') await desk.enqueue(tx, id);
        return noteDone(tx, { actor, approvedBy: undefined }, performed);
      },
    ),
    commanding(desk, endpoints.postPace, 'jobs', async (tx, { params: { id }, body: { perSecond } }, { actor }) =>
      noteDone(tx, { actor, approvedBy: undefined }, await repace(tx, id, perSecond)),
    ),
  ];
}
