import { ratioOf } from '../statistics/spread.ts';
import { figureText } from './figure.ts';
import type { Result, Results } from './results.ts';

/** What was to be reached, and what was. */
export interface TargetOutcome {
  /** The measure that it belongs to: `relay`. */
  readonly measure: string;
  readonly name: string;
  readonly goal: string;
  /** For people: the figure, and what it was held against. */
  readonly measured: string;
  readonly met: boolean;
}

interface Target {
  readonly measure: string;
  readonly name: string;
  readonly goal: string;
  /** Undefined when the run did not measure what it takes. */
  judge(results: Results): { readonly measured: string; readonly met: boolean } | undefined;
}

/** Ours times at least (or at most) `factor` of another's figure, in the median of the rounds' ratios. */
function ratio(
  measure: string,
  name: string,
  goal: string,
  ours: (results: Results) => Result | undefined,
  theirs: (results: Results) => Result | undefined,
  met: (ratio: number) => boolean,
): Target {
  return {
    measure,
    name,
    goal,
    judge(results) {
      const [left, right] = [ours(results), theirs(results)];
      if (left === undefined || right === undefined) return undefined;
      const { median, min, max } = ratioOf(left.values, right.values);
      const measured = `${figureText(median)} (${figureText(min)} to ${figureText(max)}) times ${right.contestant}`;
      return { measured, met: left.flaws.length === 0 && met(median) };
    },
  };
}

/** Ours against a fixed figure. */
function figure(
  measure: string,
  name: string,
  goal: string,
  ours: (results: Results) => Result | undefined,
  met: (value: number) => boolean,
): Target {
  return {
    measure,
    name,
    goal,
    judge(results) {
      const found = ours(results);
      if (found === undefined) return undefined;
      const { median, min, max } = found.spread;
      const measured = `${figureText(median)} ${found.unit} (${figureText(min)} to ${figureText(max)})`;
      return { measured, met: found.flaws.length === 0 && met(median) };
    },
  };
}

const at =
  (measure: string, contestant = 'waybill') =>
  (results: Results) =>
    results.find(measure, contestant);

/** The rival that does best at a latency: it lost nothing and kept the rate. */
const bestRival = (measure: string, better: 'higher' | 'lower') => (results: Results) =>
  results.bestRival(measure, better);

const atRate = (perSecond: number): readonly Target[] => [
  ratio(
    'latency',
    `p50 at ${perSecond}/s against direct produce`,
    'at most 2.5 times',
    at(`p50 at ${perSecond}/s`),
    at(`p50 at ${perSecond}/s`, 'direct'),
    (value) => value <= 2.5,
  ),
  ratio(
    'latency',
    `p99 at ${perSecond}/s against direct produce`,
    'at most 1.2 times',
    at(`p99 at ${perSecond}/s`),
    at(`p99 at ${perSecond}/s`, 'direct'),
    (value) => value <= 1.2,
  ),
  ratio(
    'latency',
    `p99 at ${perSecond}/s against the best rival that keeps the rate`,
    'below it',
    at(`p99 at ${perSecond}/s`),
    bestRival(`p99 at ${perSecond}/s`, 'lower'),
    (value) => value < 1,
  ),
];

const isolated = (quantile: 'p50' | 'p99', fault: string, within: number): Target => {
  const target = ratio(
    'isolation',
    `${quantile} of the other entities beside one with a ${fault} fault`,
    `unchanged (within ${within} times)`,
    at(`isolation ${quantile}`, `waybill, ${fault}`),
    at(`isolation ${quantile}`),
    (value) => value <= within,
  );
  return {
    ...target,
    judge(results) {
      const judged = target.judge(results);
      const undisturbed = at(`isolation ${quantile}`)(results);
      // Beside stretches without a fault that were slow for another reason, anything looks unchanged.
      return judged === undefined ? undefined : { ...judged, met: judged.met && undisturbed?.flaws.length === 0 };
    },
  };
};

const grown = (what: string): Target =>
  ratio(
    'growth',
    `${what} beside a long history`,
    'at least 0.85 times that of an empty database',
    at(`grown ${what}`, 'waybill, grown'),
    at(`grown ${what}`),
    (value) => value >= 0.85,
  );

const flat = (what: string): Target =>
  ratio(
    'growth',
    `memory of the ${what} over time at full load`,
    'at most 1.1 times what it was when warm',
    at('memory over time', `${what}, late`),
    at('memory over time', `${what}, early`),
    (value) => value <= 1.1,
  );

const traced = (what: string): Target =>
  ratio(
    'tracing',
    `${what} with tracing, a tenth of the traces kept`,
    'at least 0.85 times as fast',
    at(`traced ${what}`, 'waybill-traced'),
    at(`traced ${what}`),
    (value) => value >= 0.85,
  );

export const targets: readonly Target[] = [
  ratio(
    'relay',
    'drain against the best rival that loses nothing',
    'at least 3 times',
    at('drain'),
    bestRival('drain', 'higher'),
    (value) => value >= 3,
  ),
  ratio(
    'relay',
    'drain against raw produce with the same client and headers',
    'at least 0.7 times',
    at('drain'),
    at('drain', 'kafkajs-tuned'),
    (value) => value >= 0.7,
  ),
  figure(
    'consume',
    'consume with a handler per event',
    'at least 15,000 events/s',
    at('consume'),
    (value) => value >= 15_000,
  ),
  figure(
    'consume',
    'consume with a handler that takes the batch',
    'at least 30,000 events/s',
    at('consume', 'waybill-batch'),
    (value) => value >= 30_000,
  ),
  ratio(
    'consume',
    'consume with a handler per event against 200 messages in a transaction by hand',
    'at least 1.5 times',
    at('consume'),
    at('consume', 'by-hand-200'),
    (value) => value >= 1.5,
  ),
  ratio(
    'consume',
    'consume with a handler that takes the batch against a statement over sets by hand, without order',
    'at least 0.75 times',
    at('consume', 'waybill-batch'),
    at('consume', 'by-hand-200-set'),
    (value) => value >= 0.75,
  ),
  ratio(
    'enqueue',
    'transactions with an event, many aggregates',
    'at least 0.65 times a plain insert in its place',
    at('enqueue'),
    at('enqueue', 'plain-insert'),
    (value) => value >= 0.65,
  ),
  ratio(
    'enqueue',
    'transactions with an event, one hot aggregate',
    'at least 0.8 times an update of one shared row',
    at('enqueue hot'),
    at('enqueue hot', 'shared-row'),
    (value) => value >= 0.8,
  ),
  ...atRate(500),
  ...atRate(1_000),
  ...atRate(2_000),
  figure(
    'latency',
    'cost of the relay at 2,000/s',
    'at most 7 CPU s per 100,000 events',
    at('relay CPU at 2000/s', 'waybill-apart'),
    (value) => value <= 7,
  ),
  ratio(
    'latency',
    'cost of the relay at 2,000/s against a naive relay that polls every 10 ms',
    'at most as much',
    at('relay CPU at 2000/s', 'waybill-apart'),
    at('relay CPU at 2000/s', 'naive-10ms'),
    (value) => value <= 1,
  ),
  figure(
    'latency',
    'cost of the relay at 500/s',
    'at most 25 CPU s per 100,000 events',
    at('relay CPU at 500/s', 'waybill-apart'),
    (value) => value <= 25,
  ),
  figure(
    'latency',
    'memory of the relay at 2,000/s',
    'at most 150 MB',
    at('relay memory at 2000/s', 'waybill-apart'),
    (value) => value <= 150,
  ),
  figure('idle', 'CPU of a service at rest', 'below 1.5% of a core', at('idle CPU'), (value) => value < 1.5),
  figure('idle', 'queries of a service at rest', 'at most 4 a second', at('idle queries'), (value) => value <= 4),
  figure(
    'end-to-end',
    'publish to the visible effect at 1,000/s, traced, p99',
    'at most 25 ms',
    at('end to end p99'),
    (value) => value <= 25,
  ),
  traced('drain'),
  traced('consume'),
  traced('enqueue'),
  ratio(
    'long-transaction',
    'p50 of others beside a long transaction',
    'unchanged (within 1.25 times)',
    at('long transaction p50', 'waybill, long transaction'),
    at('long transaction p50'),
    (value) => value <= 1.25,
  ),
  grown('drain'),
  grown('consume'),
  grown('enqueue'),
  ratio(
    'growth',
    'a large backlog, while new events come',
    'at least 0.8 times its peak rate',
    at('large backlog'),
    at('large backlog', 'waybill, best 5 s'),
    (value) => value >= 0.8,
  ),
  ratio(
    'growth',
    'two relays on one database',
    'at least 0.9 times one',
    at('shared drain', 'waybill, two relays'),
    at('shared drain'),
    (value) => value >= 0.9,
  ),
  figure(
    'growth',
    'longest wait when one of two relays is killed',
    'at most the lease of 10 s and a look of half a second',
    at('failover'),
    (value) => value <= 10.5,
  ),
  flat('relay'),
  flat('consumer'),
  figure(
    'outage',
    'calls to a dependency that is down, at 100 events/s',
    'at most the retry budget: a fifth of the load, 20 a second',
    at('calls while down'),
    (value) => value <= 20,
  ),
  figure(
    'outage',
    'no second outage: the longest time in which nothing is served while the backlog drains',
    'at most 2 s, nothing lost and nothing doubled',
    at('standstill'),
    (value) => value <= 2,
  ),
  figure(
    'outage',
    'no stampede: calls at once after the outage',
    'at most 16, as many as a consumer makes at any time',
    at('calls at once after'),
    (value) => value <= 16,
  ),
  isolated('p50', 'terminal', 1.1),
  isolated('p50', 'retryable', 1.1),
  isolated('p99', 'terminal', 1.25),
  isolated('p99', 'retryable', 1.25),
];

/** Those that the run has the figures for. */
export function judge(results: Results): readonly TargetOutcome[] {
  return targets.flatMap(({ measure, name, goal, judge: judgeOne }) => {
    const verdict = judgeOne(results);
    return verdict === undefined ? [] : [{ measure, name, goal, ...verdict }];
  });
}
