import type { JobPace } from './api.ts';

/** How a job stands, as far as its next step depends on it. */
export interface JobProgress {
  readonly taken: number;
  readonly done: number;
  readonly failed: number;
  readonly underWay: number;
  /** Milliseconds since it began, and since its last step. */
  readonly runsForMs: number;
  readonly sinceStepMs: number;
}

export type JobStep =
  | { readonly step: 'take'; readonly limit: number }
  | { readonly step: 'wait'; readonly ms: number }
  | { readonly step: 'stop'; readonly note: string };

/** At most what a second brings is taken at once, however long nobody looked; and one, where a second brings less. */
const atOnceMs = 1_000;
const lookAgainMs = 300;

/** Decides what a job does next: its canary first and alone, then at its pace, and no more once too many have failed. */
export function decideStep(pace: JobPace, progress: JobProgress): JobStep {
  const { taken, done, failed, underWay, runsForMs, sinceStepMs } = progress;
  const ended = done + failed;
  const judged = Math.max(1, Math.min(pace.canary, taken));
  if (failed > 0 && ended >= judged && failed / ended > pace.stopAtFailureShare) {
    return {
      step: 'stop',
      note: `${failed} of ${ended} failed again, and at most ${Math.round(pace.stopAtFailureShare * 100)} % may. Mend the cause, then resume.`,
    };
  }
  if (taken < pace.canary) return { step: 'take', limit: pace.canary - taken };
  if (taken === pace.canary && underWay > 0) return { step: 'wait', ms: lookAgainMs };
  const perSecond = paceNow(pace, runsForMs);
  const oneEveryMs = 1_000 / perSecond;
  const limit = Math.floor(Math.min(sinceStepMs, Math.max(atOnceMs, oneEveryMs)) / oneEveryMs);
  if (limit >= 1) return { step: 'take', limit };
  return { step: 'wait', ms: Math.max(20, Math.ceil(oneEveryMs) - sinceStepMs) };
}

/** The rate at this time, entries a second: it rises evenly from a tenth. */
function paceNow({ perSecond, rampSeconds }: JobPace, runsForMs: number): number {
  if (rampSeconds === 0) return perSecond;
  const share = Math.min(1, Math.max(0.1, runsForMs / (rampSeconds * 1_000)));
  return perSecond * share;
}
