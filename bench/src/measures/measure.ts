import type { Contestant, Role } from '../contestants/contestant.ts';
import type { Audit } from '../world/audit.ts';
import type { World } from '../world/world.ts';

/** How large a bench is to be. */
export interface Sizes {
  readonly rounds: number;
  /** Rows of the backlog, and records to consume. */
  readonly events: number;
  /** Records for consumers that take a transaction for each. */
  readonly slowEvents: number;
  /** Rows of the backlog of a contestant that takes minutes for more. */
  readonly shortEvents: number;
  readonly aggregates: number;
  /** Transactions a second, for latencies. */
  readonly rates: readonly number[];
  readonly latencyRounds: number;
  readonly latencySeconds: number;
  readonly latencyWarmUpSeconds: number;
  readonly idleSeconds: number;
  /** For how long a transaction is held open. */
  readonly longTransactionSeconds: number;
  readonly growthRounds: number;
  readonly history: { readonly rows: number; readonly entities: number };
  /** Rows of the large backlog. */
  readonly largeBacklog: number;
  /** Minutes at full load over which memory is watched. */
  readonly soakMinutes: number;
  readonly outage: OutageSizes;
  readonly isolation: IsolationSizes;
}

/** A fault at one entity, among others. */
export interface IsolationSizes {
  readonly entities: number;
  readonly perSecond: number;
  /** Of each stretch of load. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
}

/** A dependency's outage under load. */
export interface OutageSizes {
  readonly entities: number;
  /** Events published, before, during and after it alike. */
  readonly perSecond: number;
  readonly secondsBefore: number;
  readonly secondsDown: number;
  readonly secondsAfter: number;
}

export const fullSizes: Sizes = {
  rounds: 3,
  events: 100_000,
  slowEvents: 20_000,
  shortEvents: 5_000,
  aggregates: 5_000,
  rates: [500, 1_000, 2_000],
  latencyRounds: 2,
  latencySeconds: 8,
  latencyWarmUpSeconds: 4,
  idleSeconds: 30,
  longTransactionSeconds: 30,
  growthRounds: 2,
  history: { rows: 10_000_000, entities: 1_000_000 },
  largeBacklog: 2_000_000,
  soakMinutes: 3,
  outage: { entities: 500, perSecond: 100, secondsBefore: 30, secondsDown: 600, secondsAfter: 120 },
  isolation: { entities: 1_000, perSecond: 300, seconds: 30, warmUpSeconds: 10 },
};

export const quickSizes: Sizes = {
  rounds: 1,
  events: 3_000,
  slowEvents: 1_000,
  shortEvents: 1_000,
  aggregates: 1_000,
  rates: [500, 2_000],
  latencyRounds: 1,
  latencySeconds: 3,
  latencyWarmUpSeconds: 2,
  idleSeconds: 5,
  longTransactionSeconds: 6,
  growthRounds: 1,
  history: { rows: 30_000, entities: 10_000 },
  largeBacklog: 20_000,
  soakMinutes: 0.5,
  outage: { entities: 300, perSecond: 100, secondsBefore: 5, secondsDown: 8, secondsAfter: 10 },
  isolation: { entities: 1_000, perSecond: 300, seconds: 10, warmUpSeconds: 4 },
};

/** One figure of one contestant in one round. */
export interface Sample {
  readonly measure: string;
  readonly contestant: string;
  readonly role: Role;
  readonly round: number;
  readonly value: number;
  readonly unit: string;
  /** Why this figure does not count, where it does not: events were lost, the rate was not kept. */
  readonly flaw?: string;
}

/** A picture that a measure drew of one of its runs. */
export interface Picture {
  /** The section that it belongs to. */
  readonly section: string;
  /** Its file, without the ending. */
  readonly name: string;
  readonly title: string;
  readonly svg: string;
}

/** What a measure is given. */
export interface Bench {
  readonly world: World;
  readonly sizes: Sizes;
  /** Names of contestants beside ours; all when left out. */
  readonly against: readonly string[] | undefined;
  /** Progress, for people. */
  note(text: string): void;
  record(sample: Sample): void;
  /** Keeps what a contestant is, for the page. */
  introduce(contestant: Contestant): void;
  /** Keeps a picture for a section of the page, beside its chart. */
  draw(picture: Picture): void;
}

/** What is wrong with a run by its audit; `undefined` when nothing is. */
export function flawOf(audit: Audit): string | undefined {
  const flaws = [
    audit.lost > 0 ? `${audit.lost} lost` : '',
    audit.duplicates > 0 ? `${audit.duplicates} doubled` : '',
    audit.outOfOrder > 0 ? `${audit.outOfOrder} out of order` : '',
    audit.malformed > 0 ? `${audit.malformed} without their headers` : '',
  ].filter((flaw) => flaw !== '');
  return flaws.length === 0 ? undefined : flaws.join(', ');
}

/** Ours, and of the others those asked for that can take part on this machine; says which cannot, and why. */
export async function participants<T extends Contestant>(
  bench: Bench,
  table: Readonly<Record<string, () => Promise<T>>>,
): Promise<readonly T[]> {
  const taking: T[] = [];
  for (const [name, load] of Object.entries(table)) {
    const asked = bench.against === undefined || name.startsWith('waybill') || bench.against.includes(name);
    if (!asked) continue;
    const contestant = await load();
    const reason = await contestant.unavailable?.();
    if (reason === undefined) {
      taking.push(contestant);
      bench.introduce(contestant);
    } else bench.note(`${name} is left out: ${reason}`);
  }
  return taking;
}
