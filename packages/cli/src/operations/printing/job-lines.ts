import { type DryRun, type JobView, rebuildReportOf } from '@waybill/service/operations';
import { type Colours, counted } from './colours.ts';
import { ago, clock, span } from './duration.ts';
import { printable, printableParts } from './printable.ts';
import { rebuildLines } from './rebuild-lines.ts';
import { shadowLines } from './shadow-lines.ts';
import { fieldLines, tableLines } from './table.ts';
import type { View } from './view.ts';

/** A job, and the service that runs it. */
export type JobRow = JobView & { readonly service: string };

/** Jobs of several services: those that go on, or can, first; then the newest. */
export function mergedJobs(rows: readonly JobRow[]): readonly JobRow[] {
  const weight = ({ state }: JobRow) => (state === 'done' || state === 'cancelled' ? 1 : 0);
  return rows.toSorted((a, b) => weight(a) - weight(b) || Date.parse(b.createdAt) - Date.parse(a.createdAt));
}

/** Whether nothing more comes of a job by itself: one that stopped can be resumed, one that is ready waits for a person. */
export function hasEnded(state: JobView['state']): boolean {
  return state !== 'running' && state !== 'paused';
}

function stateMark(state: JobView['state'], colours: Colours): (text: string) => string {
  switch (state) {
    case 'running':
      return colours.cyan;
    case 'paused':
    case 'ready':
      return colours.yellow;
    case 'done':
      return colours.green;
    case 'stopped':
    case 'cancelled':
      return colours.red;
  }
}

/** Entries that a job is through with, however they ended. */
export function endedOf({ done, failed, skipped, passedOver }: JobView): number {
  return done + failed + skipped + passedOver;
}

const columns = [
  { heading: 'service' },
  { heading: 'id' },
  { heading: 'kind' },
  { heading: 'consumer' },
  { heading: 'state' },
  { heading: 'ended', align: 'right' },
  { heading: 'failed', align: 'right' },
  { heading: 'begun' },
  { heading: 'by' },
  { heading: 'why' },
] as const;

/** A list of jobs for people. */
export function jobsLines(rows: readonly JobRow[], view: View): readonly string[] {
  if (rows.length === 0) return ['There are no jobs. Trying several entries again, or a replay, makes one.'];
  const cells = printableParts(rows).map((job) => [
    job.service,
    job.id,
    job.kind,
    job.consumer,
    { text: job.state, mark: stateMark(job.state, view.colours) },
    `${endedOf(job)} of ${job.total}`,
    String(job.failed),
    ago(job.createdAt, view.now),
    job.actor,
    job.reason,
  ]);
  return tableLines(columns, cells, view);
}

/** One job for people: what it does, how far it is, who wanted it. */
export function jobLines(service: string, raw: JobView, view: View): readonly string[] {
  const { colours, now } = view;
  const job = printableParts(raw);
  const { pace } = job;
  return [
    `${colours.bold(`${job.kind} for ${job.consumer}`)} (${service}): ${stateMark(job.state, colours)(job.state)}`,
    progressText(job),
    '',
    ...fieldLines(
      [
        ['id', job.id],
        [job.state === 'stopped' ? 'stopped' : 'note', job.note],
        ['selection', printable(JSON.stringify(raw.selection))],
        [
          'pace',
          `${pace.perSecond}/s after ${span(pace.rampSeconds * 1_000)}, ${pace.canary} alone at first, stops when ${Math.round(pace.stopAtFailureShare * 100)}% fail`,
        ],
        ['begun', `${clock(job.createdAt)} (${ago(job.createdAt, now)}) by ${job.actor}`],
        ['agreed by', job.approvedBy],
        ['why', job.reason],
        ['ended', job.endedAt === undefined ? undefined : `${clock(job.endedAt)} (${ago(job.endedAt, now)})`],
      ],
      colours,
    ),
    ...reportLines(raw, view),
    ...shadowLines(raw, view),
  ];
}

function reportLines(job: JobView, view: Pick<View, 'colours' | 'now'>): readonly string[] {
  const report = rebuildReportOf(job);
  return report === undefined ? [] : ['', ...rebuildLines(report, view)];
}

/** How far a job is, in one line: `210 of 500 ended (42%): 205 done, 5 failed; 3 under way, 48 s left`. */
export function progressText(job: JobView): string {
  const { total, done, failed, skipped, passedOver, underWay, estimatedSeconds } = job;
  const ended = endedOf(job);
  const parts = [
    `${done} done`,
    ...(failed > 0 ? [`${failed} failed${job.kind === 'rebuild' ? ' in the new generation' : ' again'}`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
    ...(passedOver > 0 ? [`${passedOver} were not dead any more`] : []),
  ];
  const going = [
    ...(underWay > 0 ? [`${underWay} under way`] : []),
    ...(estimatedSeconds === undefined || hasEnded(job.state) ? [] : [`${span(estimatedSeconds * 1_000)} left`]),
  ];
  const share = total === 0 ? 100 : Math.floor((100 * ended) / total);
  return `${ended} of ${total} ended (${share}%): ${parts.join(', ')}${going.length === 0 ? '' : `; ${going.join(', ')}`}`;
}

const barWidth = 30;

/** A job's progress for a line that overwrites itself. */
export function barText(job: JobView): string {
  const share = job.total === 0 ? 1 : Math.min(1, endedOf(job) / job.total);
  const full = Math.floor(share * barWidth);
  const state = job.state === 'running' ? '' : ` ${job.state}`;
  return `[${'█'.repeat(full)}${'░'.repeat(barWidth - full)}]${state} ${progressText(job)}`;
}

/** What a job would touch, before it is begun. */
export function dryRunLines(raw: DryRun, { colours, now }: View): readonly string[] {
  const plan = printableParts(raw);
  const { total, entities, behind, oldest, newest, types, needsApproval, estimatedSeconds } = plan;
  return [
    colours.bold(
      `It would ${plan.estimate === 'at-most' ? 'take at most' : 'touch'} ${counted(total, 'event')}${entities > 0 ? ` of ${counted(entities, 'entity', 'entities')}` : ''}${behind > 0 ? `; ${counted(behind, 'event')} wait behind them` : ''}.`,
    ),
    ...fieldLines(
      [
        ['oldest', oldest === undefined ? undefined : ago(oldest, now)],
        ['newest', newest === undefined ? undefined : ago(newest, now)],
        ['types', types.length === 0 ? undefined : types.map(({ type, count }) => `${count} ${type}`).join(', ')],
        ['takes', `about ${span(estimatedSeconds * 1_000)}`],
        ['agreement', needsApproval ? 'somebody else must agree before it begins' : undefined],
      ],
      colours,
    ).map((line) => `  ${line}`),
  ];
}
