import type { ConsumerContext } from './consumer-context.ts';
import { drainQueue, type DrainTurn, type NextStep, type SettledCall } from './draining.ts';
import { drainAlone } from './draining-alone.ts';
import { makeCall } from './external-call.ts';
import type { ParkedEvent } from './inbox-store.ts';
import { provide, reconcile } from './reconciling.ts';
import { backoffMs } from './retry.ts';
import type { WakeSignal } from '../wake-signal.ts';

const ROUNDS = 50;
const CLAIM_MARGIN_MS = 10_000;
/** Entries worked on at once; more are claimed when a quarter of them is done. */
const SLOTS = 16;
/** Milliseconds after which the queue is looked at although nobody woke it. */
const IDLE_MS = 2_000;
/** Milliseconds in which the budget gets another retry, whatever the traffic. */
const UNAFFORDABLE_PROBE_MS = 100;
const TROUBLE = { baseMs: 200, capMs: 10_000 };

/** When a paused consumer looks again; undefined while it is not paused. */
export type PauseProbe = () => { readonly inMs: number; passed(): void } | undefined;

/** Works on what is parked for a consumer until the signal aborts, and then finishes what it has begun. */
export class ParkedWorker {
  readonly #c: ConsumerContext;
  readonly #work: WakeSignal;
  readonly #stopping: AbortSignal;
  readonly #probeOf: PauseProbe;
  readonly #isHeld: () => boolean;
  readonly #inFlight = new Set<Promise<void>>();
  #trouble = 0;

  constructor(
    c: ConsumerContext,
    options: {
      readonly work: WakeSignal;
      readonly stopping: AbortSignal;
      readonly probe: PauseProbe;
      /** Whether a person has paused the consumer. */
      readonly isHeld: () => boolean;
    },
  ) {
    this.#c = c;
    this.#work = options.work;
    this.#stopping = options.stopping;
    this.#probeOf = options.probe;
    this.#isHeld = options.isHeld;
  }

  async run(): Promise<void> {
    while (!this.#stopping.aborted) {
      try {
        await this.#look();
      } catch (error) {
        await this.#backOff(error);
      }
    }
    await Promise.all(this.#inFlight);
  }

  async #look(): Promise<void> {
    if (this.#isHeld()) return void (await this.#work.wait(IDLE_MS, this.#stopping));
    const probe = this.#probeOf();
    if (probe !== undefined) return this.#probe(probe);
    const free = SLOTS - this.#inFlight.size;
    const claimed = await this.#claim(free);
    if (claimed < free) return this.#rest();
    // More is due than there was room for.
    while (SLOTS - this.#inFlight.size < SLOTS / 4) await Promise.race(this.#inFlight);
  }

  /** While paused, one entry at a time is tried, and only when the time for it has come. */
  async #probe(probe: NonNullable<ReturnType<PauseProbe>>): Promise<void> {
    const { budget, clock } = this.#c;
    await Promise.all(this.#inFlight);
    await clock.sleep(probe.inMs, this.#stopping);
    if (this.#stopping.aborted) return;
    // What is put off for want of budget would look like a probe that passed.
    if (!budget.affords(clock.now())) return clock.sleep(UNAFFORDABLE_PROBE_MS, this.#stopping);
    await this.#claim(1);
    await Promise.all(this.#inFlight);
    probe.passed();
  }

  /** Until something is due, or somebody rings. At rest that is one query in two seconds. */
  async #rest(): Promise<void> {
    for (;;) {
      const dueInMs = await this.#c.store.nextDueInMs(this.#c.definition.name);
      const isNear = dueInMs !== undefined && dueInMs <= IDLE_MS;
      const woken = await this.#work.wait(isNear ? Math.max(dueInMs, 1) : IDLE_MS, this.#stopping);
      if (isNear || woken === 'woken' || this.#stopping.aborted) return;
    }
  }

  async #claim(limit: number): Promise<number> {
    const { store, definition } = this.#c;
    const due = await store.claimDue(definition.name, {
      limit,
      claimMs: definition.handlerTimeoutMs + CLAIM_MARGIN_MS,
    });
    for (const parked of due) {
      const work = this.#workOn(parked).finally(() => this.#inFlight.delete(work));
      this.#inFlight.add(work);
    }
    return due.length;
  }

  async #workOn(parked: ParkedEvent): Promise<void> {
    try {
      await workOn(this.#c, parked);
      this.#trouble = 0;
    } catch (error) {
      await this.#backOff(error);
    }
    await this.#giveBack(parked);
  }

  /** Until the database takes it: an entry whose claim must run out by itself stands still for so long. */
  async #giveBack(parked: ParkedEvent): Promise<void> {
    for (;;) {
      try {
        const comesBack = await this.#c.store.release(parked.id);
        if (comesBack) this.#work.wake();
        return;
      } catch (error) {
        await this.#backOff(error);
        if (this.#stopping.aborted) return;
      }
    }
  }

  /** The database or the registry is away. */
  async #backOff(error: unknown): Promise<void> {
    const { log, definition, clock } = this.#c;
    this.#trouble += 1;
    if (this.#trouble === 1) {
      log.warn({ consumer: definition.name, err: error }, 'parked events cannot be worked on now; it goes on trying');
    }
    await clock.sleep(50 + backoffMs(this.#trouble, TROUBLE, clock.random()), this.#stopping);
  }
}

async function workOn(c: ConsumerContext, parked: ParkedEvent): Promise<void> {
  let settled: SettledCall | undefined;
  let from = 0;
  let { holdsEntity } = parked;
  // It may have been tried in vain here, and be tried again because the registry was mended.
  await c.reader.prepare([parked.record]);
  for (let round = 0; ; round += 1) {
    const isLast = round >= ROUNDS || c.stopping.aborted;
    // A call that was made is kept whatever the time: forgotten, it would be made again.
    if (isLast && settled === undefined) return;
    const calls = isLast ? 'none' : 'next';
    const turn = { settled, from, calls } as const;
    const next = await keepingCall(c, turn, async () =>
      holdsEntity ? drainQueue(c, parked.key, turn) : drainAlone(c, parked, turn),
    );
    settled = undefined;
    from = 0;
    switch (next.step) {
      case 'rest':
        return;
      case 'again':
        from = next.from;
        break;
      case 'queued':
        holdsEntity = true;
        break;
      case 'prepare':
        await c.reader.prepare(next.parked.map(({ record }) => record));
        break;
      case 'reconcile':
        if (!(await reconcile(c, next))) return;
        break;
      case 'provide':
        if (!(await provide(c, next))) return;
        break;
      case 'call':
        settled = await makeCall(c, next);
        if (settled === undefined) return;
    }
  }
}

/**
 * Runs a transaction again that was the database's to fail, where it is to keep what a call came to: for as long as the
 * call's claim surely lasts, after which somebody else makes it again.
 */
async function keepingCall(
  c: ConsumerContext,
  { settled }: DrainTurn,
  drain: () => Promise<NextStep>,
): Promise<NextStep> {
  const until = c.clock.monotonic() + CLAIM_MARGIN_MS / 2;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await drain();
    } catch (error) {
      const isOver = c.stopping.aborted || c.clock.monotonic() > until;
      if (settled === undefined || isOver || !c.store.isTransient(error)) throw error;
      await c.clock.sleep(backoffMs(attempt, TROUBLE, c.clock.random()), c.stopping);
    }
  }
}
