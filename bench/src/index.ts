import type { ProgressStep } from '@waybill/infra';
import { measureConsume } from './measures/consume.ts';
import { measureEndToEnd } from './measures/end-to-end.ts';
import { measureEnqueue } from './measures/enqueue.ts';
import { measureIdle } from './measures/idle.ts';
import { measureLatency } from './measures/latency.ts';
import { type Bench, fullSizes, quickSizes, type Sample } from './measures/measure.ts';
import { type MeasureName, measureNames } from './measures/names.ts';
import { measureLongTransaction } from './measures/long-transaction.ts';
import { measureRelay } from './measures/relay.ts';
import { measureTracing } from './measures/tracing.ts';
import { writePage } from './report/page.ts';
import { Results } from './report/results.ts';
import { type Section, sectionTable } from './report/section.ts';
import { judge, type TargetOutcome } from './report/targets.ts';
import { World } from './world/world.ts';

const measures = {
  relay: {
    run: measureRelay,
    sections: [
      {
        name: 'relay',
        title: 'Draining a backlog',
        main: { measure: 'drain', better: 'higher' },
        beside: ['drain CPU', 'drain memory'],
      },
    ],
  },
  consume: {
    run: measureConsume,
    sections: [
      {
        name: 'consume',
        title: 'Consuming into a projection',
        main: { measure: 'consume', better: 'higher' },
        beside: ['consume CPU', 'consume memory'],
      },
    ],
  },
  enqueue: {
    run: measureEnqueue,
    sections: [
      {
        name: 'enqueue',
        title: 'Transactions with an event, many aggregates',
        main: { measure: 'enqueue', better: 'higher' },
        beside: [],
      },
      {
        name: 'enqueue-hot',
        title: 'Transactions with an event, one hot aggregate',
        main: { measure: 'enqueue hot', better: 'higher' },
        beside: [],
      },
    ],
  },
  latency: {
    run: measureLatency,
    sections: [
      {
        name: 'latency-500',
        title: 'Latency at 500 events/s',
        main: { measure: 'p50 at 500/s', better: 'lower' },
        beside: ['p99 at 500/s', 'max at 500/s', 'relay CPU at 500/s', 'relay memory at 500/s'],
      },
      {
        name: 'latency-2000',
        title: 'Latency at 2,000 events/s',
        main: { measure: 'p50 at 2000/s', better: 'lower' },
        beside: ['p99 at 2000/s', 'max at 2000/s', 'relay CPU at 2000/s', 'relay memory at 2000/s'],
      },
    ],
  },
  idle: {
    run: measureIdle,
    sections: [
      {
        name: 'idle',
        title: 'A service at rest',
        main: { measure: 'idle CPU', better: 'lower' },
        beside: ['idle queries', 'idle memory'],
      },
    ],
  },
  'end-to-end': {
    run: measureEndToEnd,
    sections: [
      {
        name: 'end-to-end',
        title: 'From publish to the effect in another service at 1,000 events/s',
        main: { measure: 'end to end p50', better: 'lower' },
        beside: ['end to end p99', 'end to end max'],
      },
    ],
  },
  tracing: {
    run: measureTracing,
    sections: [
      {
        name: 'tracing-drain',
        title: 'Draining a backlog with tracing',
        main: { measure: 'traced drain', better: 'higher' },
        beside: ['traced drain CPU'],
      },
      {
        name: 'tracing-consume',
        title: 'Consuming with tracing',
        main: { measure: 'traced consume', better: 'higher' },
        beside: ['traced consume CPU'],
      },
      {
        name: 'tracing-enqueue',
        title: 'Transactions with an event, with tracing',
        main: { measure: 'traced enqueue', better: 'higher' },
        beside: [],
      },
    ],
  },
  'long-transaction': {
    run: measureLongTransaction,
    sections: [
      {
        name: 'long-transaction',
        title: 'Latency beside a long transaction at 500 events/s',
        main: { measure: 'long transaction p50', better: 'lower' },
        beside: ['long transaction p99', 'long transaction max'],
      },
      {
        name: 'long-transaction-hot',
        title: 'One hot aggregate beside a long transaction',
        main: { measure: 'hot aggregate', better: 'higher' },
        beside: [],
      },
    ],
  },
} as const satisfies Readonly<Record<MeasureName, Measure>>;

interface Measure {
  run(bench: Bench): Promise<void>;
  readonly sections: readonly Section[];
}

export interface BenchOptions {
  /** All when empty. */
  readonly measures: readonly MeasureName[];
  readonly against: readonly string[] | undefined;
  readonly rounds: number | undefined;
  /** `quick` is for trying: few events, one round; its figures say little. */
  readonly size: 'full' | 'quick';
  readonly stateDir: string;
  /** Where `performance.md` lies; nothing is written when left out. */
  readonly docs: string | undefined;
  /** The command line, for the page. */
  readonly command: string;
  readonly progress: (step: ProgressStep) => void;
  readonly note: (text: string) => void;
}

export interface BenchOutcome {
  readonly results: Results;
  readonly targets: readonly TargetOutcome[];
}

/** Measures, and writes the page. */
export async function runBench(options: BenchOptions): Promise<BenchOutcome> {
  const names = options.measures.length === 0 ? measureNames : options.measures;
  const sizes = options.size === 'quick' ? quickSizes : fullSizes;
  const rounds = options.rounds ?? sizes.rounds;
  const samples: Sample[] = [];
  const world = await World.start(options.stateDir, options.progress);
  try {
    for (const name of names) {
      await measures[name].run({
        world,
        sizes: { ...sizes, rounds },
        against: options.against,
        note: options.note,
        record: (sample) => samples.push(sample),
      });
    }
  } finally {
    await world.stop();
  }
  const results = new Results(samples);
  const targets = judge(results);
  const sections = names.flatMap((name): readonly Section[] => measures[name].sections);
  if (options.docs !== undefined) {
    writePage(options.docs, sections, results, targets, { command: options.command, rounds, at: new Date() });
  }
  for (const section of sections) options.note(`\n${section.title}\n${sectionTable(section, results)}`);
  return { results, targets };
}

/** The outcome as `--json` prints it. */
export function toJson({ results, targets }: BenchOutcome): string {
  return JSON.stringify({
    results: results.all.map(({ measure, contestant, unit, spread, flaws }) => ({
      measure,
      contestant,
      value: rounded(spread.median),
      unit,
      spread: { min: rounded(spread.min), max: rounded(spread.max) },
      ...(flaws.length === 0 ? {} : { flaws }),
    })),
    targets: targets.map(({ name, goal, measured, met }) => ({ name, goal, measured, met })),
  });
}

/** Four significant digits: more would only look exact. */
function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
