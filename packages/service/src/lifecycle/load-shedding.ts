import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { ConsumerDefinition, Criticality, Hold } from '@waybill/messaging';
import type pg from 'pg';
import type { Lateness, latenessOf } from './lateness.ts';

/** How hard the process works. */
export interface Saturation {
  /** The share of time that its thread was busy, 0 to 1. */
  readonly busy: number;
  /** Requests and transactions that wait for a connection of the database. */
  readonly waiting: number;
  /** Whether what matters is behind. */
  readonly lateness: Lateness;
}

/** Who stands still: nobody, what may wait, or all that is not critical. */
export type Shedding = 'nobody' | 'deferrable' | 'not-critical';

const limits = { busy: 0.95, waiting: 20 };
const calm = { busy: 0.8, waiting: 5 };
const rising: Readonly<Record<Shedding, Shedding>> = {
  nobody: 'deferrable',
  deferrable: 'not-critical',
  'not-critical': 'not-critical',
};
const falling: Readonly<Record<Shedding, Shedding>> = {
  nobody: 'nobody',
  deferrable: 'nobody',
  'not-critical': 'deferrable',
};

/**
 * One step up for each look at a process that is short of something, or whose consumers that matter are late; one down for each
 * at a calm one; in between as it is. Only for a critical one that is late do those wait that are not critical.
 */
export function decideShedding(now: Shedding, { busy, waiting, lateness }: Saturation): Shedding {
  if (busy > limits.busy || waiting > limits.waiting || lateness === 'critical') return rising[now];
  if (lateness === 'normal') return now === 'nobody' ? 'deferrable' : now;
  if (busy < calm.busy && waiting < calm.waiting && lateness === 'none') return falling[now];
  return now;
}

/**
 * Has those consumers of a process wait that matter less, while it is short of time or of connections, or others are late. A
 * process whose consumers all matter alike sheds nothing: somebody has to do the work.
 */
export class LoadShedding {
  readonly #pools: readonly Pick<pg.Pool, 'waitingCount'>[];
  readonly #busy: () => number;
  readonly #present: ReadonlySet<Criticality>;
  #state: Shedding = 'nobody';
  #lateAt: string | undefined;

  /** @param busy The share of time, 0 to 1, that the process's thread was busy since it was asked last. */
  constructor(
    pools: readonly Pick<pg.Pool, 'waitingCount'>[],
    definitions: readonly Pick<ConsumerDefinition, 'criticality'>[],
    busy: () => number = loopBusy(),
  ) {
    this.#pools = pools;
    this.#busy = busy;
    this.#present = new Set(definitions.map(({ criticality }) => criticality));
  }

  look(late: ReturnType<typeof latenessOf>): void {
    const busy = this.#busy();
    const waiting = this.#pools.reduce((sum, pool) => sum + pool.waitingCount, 0);
    // Another step up waits for the sample that tells what the last one did.
    const isKnown = late.at !== undefined && late.at === this.#lateAt;
    this.#lateAt = late.at;
    const lateness = isKnown ? 'nearly' : late.lateness;
    this.#state = this.#present.size < 2 ? 'nobody' : decideShedding(this.#state, { busy, waiting, lateness });
  }

  /** Why a consumer stands still for now. */
  heldBack({ criticality }: Pick<ConsumerDefinition, 'criticality'>): Hold | undefined {
    const isHeld =
      this.#state === 'not-critical'
        ? criticality !== 'critical' && this.#hasMoreImportant(criticality)
        : this.#state === 'deferrable' && criticality === 'deferrable';
    const reason = 'others matter more, and the process is short of time or connections, or they are late';
    return isHeld ? { reason, of: 'everything' } : undefined;
  }

  #hasMoreImportant(criticality: Criticality): boolean {
    return this.#present.has('critical') || (criticality === 'deferrable' && this.#present.has('normal'));
  }
}

function loopBusy(): () => number {
  let before: EventLoopUtilization = performance.eventLoopUtilization();
  return () => {
    const now = performance.eventLoopUtilization();
    const { utilization } = performance.eventLoopUtilization(now, before);
    before = now;
    return utilization;
  };
}
