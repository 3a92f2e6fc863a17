import type { FlowView } from '@waybill/service/operations';
import type { ChartLine } from '../ui/chart-line.ts';

type Step = FlowView['steps'][number];

/** Lines over the steps of a flow; a step that was not sampled is a gap. */
export interface FlowLines {
  /** Seconds since 1970, one for each step of the time shown. */
  readonly times: readonly number[];
  readonly throughput: readonly ChartLine[];
  readonly visibility: readonly ChartLine[];
  readonly lag: readonly ChartLine[];
}

/** What the charts of a flow show. @param objectiveMs What is promised, drawn as a line of its own. */
export function flowLines(
  { steps, stepMinutes }: Pick<FlowView, 'steps' | 'stepMinutes'>,
  objectiveMs: number,
): FlowLines {
  const known = new Map(steps.map((step) => [Date.parse(step.at), step]));
  const ends = [...known.keys()];
  const stepMs = stepMinutes * 60_000;
  const times: number[] = [];
  for (let at = Math.min(...ends); at <= Math.max(...ends); at += stepMs) times.push(at);
  const line = (label: string, colour: string, read: (step: Step) => number | undefined, dash?: readonly number[]) => ({
    ...{ label, colour },
    ...(dash === undefined ? {} : { dash }),
    values: times.map((at) => {
      const step = known.get(at);
      return step === undefined ? null : (read(step) ?? null);
    }),
  });
  const perSecond = (count: number | undefined, { seconds }: Step) =>
    count === undefined || seconds === 0 ? undefined : count / seconds;
  return {
    times: times.map((at) => at / 1_000),
    throughput: [
      line('came', 'waiting', (step) => perSecond(step.came, step), [8, 4]),
      line('handled', 'done', (step) => perSecond(step.handled, step)),
      line('failed attempts', 'dead', (step) => perSecond(step.failed, step), [2, 3]),
    ],
    visibility: [
      line('half', 'done', ({ visibility }) => visibility?.p50Ms),
      line('19 of 20', 'running', ({ visibility }) => visibility?.p95Ms, [8, 4]),
      line('99 of 100', 'retrying', ({ visibility }) => visibility?.p99Ms, [4, 3]),
      line('promised', 'muted', () => objectiveMs, [2, 3]),
    ],
    lag: [line('behind', 'waiting', ({ lagMs }) => lagMs)],
  };
}
