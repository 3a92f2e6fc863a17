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

export const targets: readonly Target[] = [
  ratio(
    'relay',
    'drain against the best rival that loses nothing',
    'at least 3 times',
    at('drain'),
    (results) => results.bestRival('drain', 'higher'),
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
];

/** Those that the run has the figures for. */
export function judge(results: Results): readonly TargetOutcome[] {
  return targets.flatMap(({ measure, name, goal, judge: judgeOne }) => {
    const verdict = judgeOne(results);
    return verdict === undefined ? [] : [{ measure, name, goal, ...verdict }];
  });
}
