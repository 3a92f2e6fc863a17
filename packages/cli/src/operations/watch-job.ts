import { setTimeout as delay } from 'node:timers/promises';
import { type JobView, jobView } from '@waybill/service/operations';
import type { OperationsClient } from './client.ts';
import { RefusedError, SilentServiceError } from './errors.ts';
import { barText, hasEnded, progressText } from './printing/job-lines.ts';
import { printable } from './printing/printable.ts';
import type { Session } from './session.ts';

const everyMs = 1_000;
/** How often a pipe gets a line while there is progress. */
const lineEveryMs = 5_000;
/** For how long a service may be away, since jobs go on when it comes back. */
const patienceMs = 120_000;

/**
 * Shows a job's progress until it ends: on a terminal as a bar, in a pipe as lines.
 * @throws RefusedError; SilentServiceError when the service stays away for two minutes.
 */
export async function watchJob({ screen }: Session, client: OperationsClient, id: string): Promise<JobView> {
  let heardAt = Date.now();
  let writtenAt = Number.NEGATIVE_INFINITY;
  let written = '';
  for (;;) {
    try {
      const job = await client.get(`/jobs/${id}`, jobView);
      heardAt = Date.now();
      screen.transient(barText(job));
      if (hasEnded(job.state)) return job;
      const line = `${job.state}: ${progressText(job)}`;
      if (!screen.terminal && line !== written && heardAt - writtenAt >= lineEveryMs) {
        screen.line(line);
        writtenAt = heardAt;
        written = line;
      }
    } catch (error) {
      if (!isPassing(error) || Date.now() - heardAt > patienceMs) throw error;
      screen.transient(`${client.service} does not answer at the moment; the job goes on when it is back.`);
    }
    await delay(everyMs);
  }
}

/** How an ended job is told of. */
export function endText(job: JobView): string {
  const why = job.note === undefined ? '' : ` (${printable(job.note)})`;
  return `${job.state}${why}: ${progressText(job)}`;
}

/** A service that restarts is silent first, and then not ready. */
function isPassing(error: unknown): boolean {
  if (error instanceof SilentServiceError) return true;
  return error instanceof RefusedError && (error.problem.status >= 500 || error.problem.status === 429);
}
