import {
  addedBuckets,
  budgetBurnt,
  type FlowObjective,
  type Judged,
  objectiveState,
  quantileMs,
  timeToZero,
} from '@waybill/messaging';
import type { FlowSample } from '@waybill/postgres';
import type { FlowNow, FlowStep, Visibility } from '../operations/flow-api.ts';
import { defined } from '../operations/views.ts';

const minuteMs = 60_000;
/** Over which an objective counts as kept or missed now, in milliseconds. */
const latelyMs = 5 * minuteMs;
/** Over which times and rates are what they are now. */
const nowMs = minuteMs;
/** Minutes of the short line of times to visibility. */
const lineMinutes = 60;

/**
 * How a consumer does, from its samples of the last hour and what it handled in a day.
 *
 * @param samples Oldest first, of one consumer; more than an hour does no harm.
 * @returns undefined without a sample.
 */
export function flowNow(
  objective: FlowObjective,
  samples: readonly FlowSample[],
  day: Judged | undefined,
): FlowNow | undefined {
  const last = samples.at(-1);
  if (last === undefined) return undefined;
  const end = last.at.getTime();
  const within = (ms: number) => samples.filter(({ at }) => end - at.getTime() < ms);
  const lately = judgedOf(within(latelyMs));
  const lagMs = last.lagTime?.ms;
  const backlog = samples.flatMap(({ at, lagEvents }) =>
    lagEvents === undefined ? [] : [{ at: at.getTime(), lag: Number(lagEvents) }],
  );
  return defined({
    at: last.at.toISOString(),
    objective: {
      ...objective,
      state: objectiveState(objective, { ...lately, lagMs }),
      burnt: budgetBurnt(objective, day ?? judgedOf(samples)),
    },
    visibility: visibilityOf(within(nowMs)) ?? visibilityOf(within(latelyMs)),
    ...ratesOf(within(nowMs)),
    lagEvents: last.lagEvents === undefined ? undefined : Number(last.lagEvents),
    lagMs,
    lagKnown: last.lagTime?.known,
    // Without an answer of the broker now, an older one says nothing.
    toZero: last.lagEvents === undefined ? { state: 'not-known' } : timeToZero(backlog),
    minutes: lineOf(samples, end),
  });
}

/** What was in a time, by steps of equal length, oldest first; a step without a sample is left out. */
export function flowSteps(samples: readonly FlowSample[], stepMs: number): readonly FlowStep[] {
  const steps = Map.groupBy(samples, ({ at }) => Math.ceil(at.getTime() / stepMs) * stepMs);
  return [...steps].map(([at, own]) => {
    const lags = own.flatMap(({ lagEvents }) => (lagEvents === undefined ? [] : [Number(lagEvents)]));
    const ages = own.flatMap(({ lagTime }) => lagTime?.ms ?? []);
    const came = own.flatMap((one) => (one.came === undefined ? [] : [Number(one.came)]));
    return defined({
      at: new Date(at).toISOString(),
      seconds: total(own, ({ windowMs }) => windowMs) / 1_000,
      handled: total(own, ({ handled }) => handled),
      came: came.length === 0 ? undefined : total(came, (count) => count),
      failed: total(own, ({ failed }) => failed),
      died: total(own, ({ died }) => died),
      ...judgedOf(own),
      visibility: visibilityOf(own),
      lagEvents: lags.length === 0 ? undefined : Math.max(...lags),
      lagMs: lags.length === 0 ? undefined : Math.max(0, ...ages),
    });
  });
}

function visibilityOf(samples: readonly FlowSample[]): Visibility | undefined {
  const buckets = addedBuckets(samples.map((one) => one.buckets));
  const longest = samples.flatMap(({ maxMs }) => maxMs ?? []);
  if (longest.length === 0) return undefined;
  const maxMs = Math.max(...longest);
  const quantile = (share: number) => Math.round(quantileMs(buckets, share, maxMs) ?? maxMs);
  return { p50Ms: quantile(0.5), p95Ms: quantile(0.95), p99Ms: quantile(0.99), maxMs: Math.round(maxMs) };
}

function ratesOf(samples: readonly FlowSample[]) {
  const seconds = total(samples, ({ windowMs }) => windowMs) / 1_000;
  const perSecond = (count: number) => (seconds === 0 ? 0 : count / seconds);
  const came = samples.flatMap((one) => (one.came === undefined ? [] : [Number(one.came)]));
  return {
    camePerSecond: came.length < samples.length ? undefined : perSecond(total(came, (count) => count)),
    handledPerSecond: perSecond(total(samples, ({ handled }) => handled)),
    failedPerSecond: perSecond(total(samples, ({ failed }) => failed)),
  };
}

/** The 95th percentile of each minute of the last hour, oldest first; null where nothing was handled. */
function lineOf(samples: readonly FlowSample[], end: number): (number | null)[] {
  const minuteOf = (at: number) => Math.floor(at / minuteMs);
  const minutes = Map.groupBy(samples, ({ at }) => minuteOf(end) - minuteOf(at.getTime()));
  return Array.from({ length: lineMinutes }, (_, index) => {
    const own = minutes.get(lineMinutes - 1 - index);
    return (own === undefined ? undefined : visibilityOf(own)?.p95Ms) ?? null;
  });
}

function judgedOf(samples: readonly FlowSample[]): Judged {
  return { judged: total(samples, ({ judged }) => judged), beyond: total(samples, ({ beyond }) => beyond) };
}

function total<T>(all: readonly T[], count: (one: T) => number): number {
  return all.reduce((sum, one) => sum + count(one), 0);
}
