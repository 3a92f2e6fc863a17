import type { ProgressStep } from '@waybill/infra';
import { measures } from './measures/catalog.ts';
import { fullSizes, quickSizes, type Sample } from './measures/measure.ts';
import { type MeasureName, measureNames } from './measures/names.ts';
import { writePage } from './report/page.ts';
import { Results } from './report/results.ts';
import { sectionTable } from './report/section.ts';
import { judge, type TargetOutcome } from './report/targets.ts';
import { World } from './world/world.ts';

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
  const sections = names.flatMap((name) => measures[name].sections);
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
