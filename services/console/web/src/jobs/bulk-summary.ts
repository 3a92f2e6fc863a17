import type { DryRun, JobPace, JobView } from '@waybill/service/operations';
import { counted, grouped, percent } from '../words/counting.ts';
import { absoluteTime, durationWords } from '../words/durations.ts';

/** What a job would touch, in sentences, before anybody starts it. */
export interface BulkSummary {
  readonly headline: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
  /** What cannot be taken back. */
  readonly lasting: string;
}

/** The summary of a dry run. @param kind What the job does with each. */
export function bulkSummary(kind: JobView['kind'], run: DryRun, timeZone?: string): BulkSummary {
  if (kind === 'rebuild') return rebuildSummary(run);
  const what = verbs[kind];
  const atMost = run.estimate === 'at-most' ? 'At most ' : '';
  const noun = kind === 'redrive' ? counted(run.total, 'entry', 'entries') : counted(run.total, 'event');
  return {
    headline:
      run.total === 0
        ? 'Nothing fits: the job would touch nothing.'
        : `${atMost}${noun} ${run.entities === 0 ? '' : `of ${counted(run.entities, 'entity', 'entities')} `}${what}.`,
    facts: [
      ...(run.behind > 0
        ? [{ name: 'Behind them', value: `${counted(run.behind, 'event')} that follow once theirs went well` }]
        : []),
      ...(run.oldest === undefined ? [] : [{ name: 'Oldest', value: absoluteTime(run.oldest, timeZone) }]),
      ...(run.newest === undefined ? [] : [{ name: 'Newest', value: absoluteTime(run.newest, timeZone) }]),
      { name: 'Takes about', value: durationWords(run.estimatedSeconds * 1_000) },
      { name: 'Who must agree', value: run.needsApproval ? 'an approver who is not you' : 'nobody else' },
    ],
    lasting: lasting[kind],
  };
}

function rebuildSummary({ total, entities, estimatedSeconds }: DryRun): BulkSummary {
  return {
    headline: `At most ${counted(total, 'record')} will be read, to make ${counted(entities, 'entity', 'entities')} anew.`,
    facts: [
      { name: 'Takes about', value: durationWords(estimatedSeconds * 1_000) },
      { name: 'Who must agree', value: 'nobody else, until it is swapped in' },
    ],
    lasting:
      'The handlers write to new tables beside the living ones, which nobody sees. Nothing is published again. When it has caught up the two are compared, and a person decides on the swap. It can be cancelled at any time.',
  };
}

const verbs: Readonly<Record<Exclude<JobView['kind'], 'rebuild'>, string>> = {
  redrive: 'will be tried again',
  replay: 'will be delivered again',
  shadow: 'will be compared',
};

const lasting: Readonly<Record<Exclude<JobView['kind'], 'rebuild'>, string>> = {
  redrive: 'What the handler does for each entry cannot be taken back. What fails again is parked again, in its order.',
  replay:
    'What the handler does for each event cannot be taken back. Events that it has handled already have no second effect.',
  shadow:
    'Both handlers run in a transaction that is rolled back, and nobody is called. What a handler does by a way of its own, outside of its transaction, cannot be held back.',
};

/** The pace of a job in words. */
export function paceWords(pace: JobPace): string {
  const ramp = pace.rampSeconds > 0 ? `, reached within ${durationWords(pace.rampSeconds * 1_000)}` : '';
  const canary = pace.canary > 0 ? `${grouped(pace.canary)} go first, alone; then ` : '';
  return `${canary}${pace.perSecond} a second${ramp}; stops by itself when more than ${percent(pace.stopAtFailureShare)} fail`;
}

export interface JobShares {
  readonly done: number;
  readonly failed: number;
  /** Skipped, or not there any more when their turn came. */
  readonly passed: number;
  readonly left: number;
}

/** How a job's entries divide; the four add up to its total, also while counts of one answer are a moment apart. */
export function jobShares(job: Pick<JobView, 'total' | 'done' | 'failed' | 'skipped' | 'passedOver'>): JobShares {
  const passed = job.skipped + job.passedOver;
  const left = Math.max(0, job.total - job.done - job.failed - passed);
  return { done: job.done, failed: job.failed, passed, left };
}

/** How a job goes, in one sentence. */
export function jobSentence(job: JobView): string {
  const { done, failed, left } = jobShares(job);
  if (job.kind === 'rebuild') return rebuildSentence(job);
  const parts = [`${grouped(done)} of ${grouped(job.total)} done`];
  if (failed > 0) parts.push(`${grouped(failed)} failed again`);
  if (job.state === 'running' && left > 0) {
    const rest = job.estimatedSeconds === undefined ? '' : `, about ${durationWords(job.estimatedSeconds * 1_000)}`;
    parts.push(`${grouped(left)} left${rest}`);
  } else if (left > 0) parts.push(`${grouped(left)} not begun`);
  return parts.join(' · ');
}

function rebuildSentence({ done, failed, total, state }: JobView): string {
  const read = `${grouped(done + failed)} of ${grouped(total)} records read`;
  const dead = failed === 0 ? [] : [`${counted(failed, 'event')} failed in the new generation`];
  const next = state === 'ready' ? ['compare it, and swap it in'] : [];
  return [read, ...dead, ...next].join(' · ');
}

/** A sample of a job's progress, for its chart. */
export interface JobSample extends JobShares {
  /** Seconds since 1970. */
  readonly at: number;
}

/** The samples with one more. An answer that says the same moves the last point on, so that a pause is a flat line. */
export function withJobSample(samples: readonly JobSample[], sample: JobSample): readonly JobSample[] {
  const last = samples.at(-1);
  if (last !== undefined && sample.at <= last.at) return samples;
  const before = samples.at(-2);
  const isFlat = last !== undefined && before !== undefined && same(last, sample) && same(before, sample);
  return isFlat ? [...samples.slice(0, -1), sample] : [...samples, sample].slice(-2_000);
}

function same(a: JobSample, b: JobSample): boolean {
  return a.done === b.done && a.failed === b.failed && a.left === b.left && a.passed === b.passed;
}
