import type { ProgressStep } from '@waybill/infra';
import { contestantNames } from './contestants/programs.ts';
import { measures } from './measures/catalog.ts';
import { fullSizes, type Picture, quickSizes, type Sample } from './measures/measure.ts';
import { type MeasureName, measureNames } from './measures/names.ts';
import { killAllLaunched } from './process/launch.ts';
import { writePage, writePictures } from './report/page.ts';
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
  /** Minutes at full load over which `growth` watches memory. */
  readonly minutes: number | undefined;
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

/** Nobody is called so. */
export class UnknownContestantError extends Error {
  readonly code = 'bench.unknown-contestant';

  constructor(name: string) {
    super(`--against names ${name}, which is no contestant. Choose from ${contestantNames().join(', ')}.`);
    this.name = 'UnknownContestantError';
  }
}

/** Measures, and writes the page. @throws {UnknownContestantError} when `against` names nobody. */
export async function runBench(options: BenchOptions): Promise<BenchOutcome> {
  const unknown = options.against?.find((name) => !contestantNames().includes(name));
  if (unknown !== undefined) throw new UnknownContestantError(unknown);
  const names = options.measures.length === 0 ? measureNames : options.measures;
  const sizes = options.size === 'quick' ? quickSizes : fullSizes;
  const rounds = options.rounds ?? sizes.rounds;
  const samples: Sample[] = [];
  const pictures = new Map<string, Picture>();
  const legends = new Map<MeasureName, Map<string, string>>();
  const world = await World.start(options.stateDir, options.progress);
  try {
    for (const name of names) {
      await measures[name].run({
        world,
        sizes: { ...sizes, rounds, soakMinutes: options.minutes ?? sizes.soakMinutes },
        against: options.against,
        note: options.note,
        record: (sample) => samples.push(sample),
        draw: (picture) => pictures.set(picture.name, picture),
        introduce: ({ name: contestant, what }) => {
          const legend = legends.get(name) ?? new Map<string, string>();
          legends.set(name, legend.set(contestant, what));
        },
      });
    }
  } finally {
    killAllLaunched();
    await world.stop();
  }
  const results = new Results(samples);
  const targets = judge(results);
  const sections = names.flatMap((name) =>
    measures[name].sections.map((section) => ({ ...section, legend: legends.get(name) ?? new Map<string, string>() })),
  );
  if (options.docs !== undefined) {
    const note = { command: options.command, at: new Date() };
    writePage(options.docs, sections, results, targets, { ...note, pictures: [...pictures.values()] });
  } else {
    // Of a run that the page is not written for, the pictures can be looked at all the same.
    for (const path of writePictures(options.stateDir, [...pictures.values()])) options.note(`picture  ${path}`);
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
