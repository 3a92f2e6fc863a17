import type { Contestant } from '../contestants/contestant.ts';
import type { Tracing } from '../process/launch.ts';
import type { Bench } from './measure.ts';

/** Which run of a contestant. */
export interface RunNote {
  /** Names its figures: this for the rate, and with a word behind it for what stands beside. */
  readonly measure: string;
  readonly round: number;
  readonly tracing?: Tracing | undefined;
  /** Its name in the results, where that is not the contestant's. */
  readonly as?: string;
}

/** What a run of a throughput came to. */
export interface Throughput {
  /** Events per second. */
  readonly rate: number;
  /** Of the contestant's process, for each 100,000 events. */
  readonly cpuSeconds: number;
  /** Its peak. */
  readonly memoryMb: number;
  readonly otherCores: number;
  readonly flaw: string | undefined;
}

/** Records the figures of a run, and says them. */
export function reportRun(bench: Bench, contestant: Contestant, run: RunNote, { flaw, ...figures }: Throughput): void {
  const { measure, round } = run;
  const name = run.as ?? contestant.name;
  const record = (suffix: string, value: number, unit: string): void =>
    bench.record({
      ...{ measure: measure + suffix, contestant: name, role: contestant.role, round, value, unit },
      ...(flaw === undefined ? {} : { flaw }),
    });
  record('', figures.rate, 'events/s');
  record(' CPU', figures.cpuSeconds, 's/100k');
  record(' memory', figures.memoryMb, 'MB');
  const rate = figures.rate.toFixed(0).padStart(8);
  const cost = `${figures.cpuSeconds.toFixed(2)} CPU s per 100,000, ${figures.memoryMb.toFixed(0)} MB`;
  const other = `other work ${figures.otherCores.toFixed(2)} cores`;
  bench.note(
    `${measure} ${round + 1}  ${name.padEnd(24)} ${rate} events/s, ${cost}; ${other}  ${flaw ?? ''}`.trimEnd(),
  );
}
