import { seededRandom } from '../random.ts';

/** What can be done to a run, by the word that `--faults` takes. */
export const faultForms = [
  'kill',
  'stop',
  'broker',
  'database',
  'registry',
  'cut',
  'slow',
  'half-open',
  'rebalance',
  'delivery',
  'duplicate',
  'poison',
  'schema',
  'long-transaction',
] as const;
export type FaultForm = (typeof faultForms)[number];

/** One fault at its time: what is done, to what, for how long. */
export interface PlannedFault {
  readonly id: number;
  readonly form: FaultForm;
  /** A process, a server, a database, or a link's far end. */
  readonly target: string;
  /** Milliseconds after the load begins. */
  readonly atMs: number;
  /** Milliseconds until it is ended or undone; 0 for what is over at once. */
  readonly forMs: number;
}

export interface ScheduleOptions {
  readonly seed: string;
  readonly forms: readonly FaultForm[];
  /** Milliseconds for which the load lasts. */
  readonly loadMs: number;
  /** Names of the processes that may be killed and stopped. */
  readonly processes: readonly string[];
  readonly branches: readonly string[];
}

/** Milliseconds without a fault at the beginning and at the end of the load. */
const margins = { before: 4_000, after: 8_000 };
/** Milliseconds from one fault to the next. */
const pauseMs = { from: 1_200, to: 6_000 };

/** How often a form comes round, and for how long it lasts. `stop` lasts beyond a lease and a session, of 10 s each. */
const manner: Readonly<Record<FaultForm, { readonly weight: number; readonly forMs: readonly [number, number] }>> = {
  kill: { weight: 5, forMs: [0, 0] },
  stop: { weight: 2, forMs: [12_000, 16_000] },
  broker: { weight: 1, forMs: [500, 4_000] },
  database: { weight: 1, forMs: [500, 3_000] },
  registry: { weight: 1, forMs: [2_000, 6_000] },
  cut: { weight: 2, forMs: [0, 0] },
  slow: { weight: 1, forMs: [3_000, 7_000] },
  'half-open': { weight: 1, forMs: [6_000, 14_000] },
  rebalance: { weight: 1, forMs: [4_000, 8_000] },
  delivery: { weight: 0, forMs: [0, 0] },
  duplicate: { weight: 1, forMs: [0, 0] },
  poison: { weight: 1, forMs: [0, 0] },
  schema: { weight: 1, forMs: [0, 0] },
  'long-transaction': { weight: 1, forMs: [8_000, 20_000] },
};

/** Bounds the list, whatever it is asked for. */
const mostFaults = 10_000;

/**
 * Plans the faults of a run. The same options give the same plan. The forms come in rounds, each in another order, so
 * that a short run has all of them.
 */
export function planFaults(options: ScheduleOptions): readonly PlannedFault[] {
  const random = seededRandom(`${options.seed} faults`);
  const end = options.loadMs - margins.after;
  const round = options.forms.flatMap((form) => Array.from({ length: manner[form].weight }, () => form));
  const planned: PlannedFault[] = [];
  let waiting: FaultForm[] = [];
  let victims: string[] = [];
  let atMs = margins.before + random.whole(0, 2_000);
  while (round.length > 0 && atMs < end && planned.length < mostFaults) {
    if (waiting.length === 0) waiting = firstOfEach(random.shuffled(round));
    const form = waiting.shift() ?? 'kill';
    const [from, to] = manner[form].forMs;
    if (victims.length === 0) victims = [...random.shuffled(options.processes)];
    const target = targetOf(form, options, () => victims.shift() ?? '', random.pick);
    // What lasts is undone before the load ends, so that something goes on after it.
    const forMs = Math.min(random.whole(from, to), Math.max(from, end - atMs));
    planned.push({ id: planned.length + 1, form, target, atMs, forMs });
    atMs += random.whole(pauseMs.from, pauseMs.to);
  }
  return planned;
}

/** The same items, with the first of each kind before all others. */
function firstOfEach(forms: readonly FaultForm[]): FaultForm[] {
  const firsts = new Set(forms);
  const rest = [...forms];
  for (const form of firsts) rest.splice(rest.indexOf(form), 1);
  return [...firsts, ...rest];
}

function targetOf(
  form: FaultForm,
  { branches }: ScheduleOptions,
  nextVictim: () => string,
  pick: <T>(items: readonly T[]) => T,
): string {
  switch (form) {
    case 'kill':
    case 'stop':
      return nextVictim();
    case 'broker':
      return 'kafka';
    case 'database':
      return 'postgres';
    case 'registry':
      return 'registry';
    case 'cut':
    case 'slow':
    case 'half-open':
      return pick(['kafka', 'postgres']);
    case 'rebalance':
      return pick(['office.totals', 'office.postings', 'office.receipts', 'archive.postings']);
    case 'duplicate':
    case 'poison':
      return pick([...branches.map((branch) => `${branch}.account`), 'office.posting']);
    case 'schema':
      return pick(branches.map((branch) => `${branch}-1`));
    case 'delivery':
      return 'every consumer';
    case 'long-transaction':
      return pick(branches);
  }
}
