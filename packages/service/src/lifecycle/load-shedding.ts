import { type EventLoopUtilization, performance } from 'node:perf_hooks';
import type { ConsumerDefinition, Criticality, Hold } from '@waybill/messaging';
import type pg from 'pg';

/** How hard the process works. */
export interface Saturation {
  /** The share of time that its thread was busy, 0 to 1. */
  readonly busy: number;
  /** Requests and transactions that wait for a connection of the database. */
  readonly waiting: number;
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

/** One step up for each look at a process that is short of something, one down for each at a calm one; in between as it is. */
export function decideShedding(now: Shedding, { busy, waiting }: Saturation): Shedding {
  if (busy > limits.busy || waiting > limits.waiting) return rising[now];
  if (busy < calm.busy && waiting < calm.waiting) return falling[now];
  return now;
}

/**
 * Has those consumers of a process wait that matter less, while it is short of time or of connections. A process whose
 * consumers all matter alike sheds nothing: somebody has to do the work.
 */
export class LoadShedding {
  readonly #pools: readonly pg.Pool[];
  readonly #present: ReadonlySet<Criticality>;
  #state: Shedding = 'nobody';
  #before: EventLoopUtilization = performance.eventLoopUtilization();

  constructor(pools: readonly pg.Pool[], definitions: readonly ConsumerDefinition[]) {
    this.#pools = pools;
    this.#present = new Set(definitions.map(({ criticality }) => criticality));
  }

  look(): void {
    const now = performance.eventLoopUtilization();
    const { utilization: busy } = performance.eventLoopUtilization(now, this.#before);
    this.#before = now;
    const waiting = this.#pools.reduce((sum, pool) => sum + pool.waitingCount, 0);
    this.#state = this.#present.size < 2 ? 'nobody' : decideShedding(this.#state, { busy, waiting });
  }

  /** Why a consumer stands still for now. */
  heldBack({ criticality }: ConsumerDefinition): Hold | undefined {
    const isHeld =
      this.#state === 'not-critical'
        ? criticality !== 'critical' && this.#hasMoreImportant(criticality)
        : this.#state === 'deferrable' && criticality === 'deferrable';
    const reason = 'the process is short of time or connections, and others matter more';
    return isHeld ? { reason, of: 'everything' } : undefined;
  }

  #hasMoreImportant(criticality: Criticality): boolean {
    return this.#present.has('critical') || (criticality === 'deferrable' && this.#present.has('normal'));
  }
}
