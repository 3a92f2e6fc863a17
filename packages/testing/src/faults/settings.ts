/** Which faults a process is to suffer. Handed to it as JSON in `WAYBILL_FAULTS`. */
export interface FaultSettings {
  /** The same seed gives each record the same fate, in each process and each run. */
  readonly seed: number;
  /** One of so many records is held back for `delayMs` (from, to); 0 for none. */
  readonly delayOneOf: number;
  readonly delayMs: readonly [number, number];
  /** One of so many records of a projection is held back for `withholdMs`, longer than gaps are waited for; 0 for none. */
  readonly withholdOneOf: number;
  readonly withholdMs: number;
  /** The process kills itself, once, between a commit and the log hearing of it. */
  readonly kill: KillSettings | undefined;
}

export interface KillSettings {
  readonly consumer: string;
  /** At the first fitting commit after so many. */
  readonly afterCommits: number;
  /** A file that is written before, so that the process that takes its place lives on. */
  readonly markerFile: string;
}

/** Reads the settings; undefined when there are none. @throws {Error} when they are not JSON. */
export function readSettings(text: string | undefined): FaultSettings | undefined {
  if (text === undefined || text === '') return undefined;
  return JSON.parse(text) as FaultSettings;
}
