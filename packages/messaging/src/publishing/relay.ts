import type { Publisher } from '../log.ts';
import type { Logger } from '../logger.ts';
import { type Clock, systemClock } from '../clock.ts';
import { fullJitter } from './pacing.ts';
import { RelayRun } from './relay-run.ts';
import type { RelayCounters, RelayStatus } from './relay-status.ts';
import type { RelayStore } from './relay-store.ts';
import { describe, RelayTrouble } from './relay-trouble.ts';
import { WakeSignal } from '../wake-signal.ts';

export interface RelayOptions {
  readonly store: RelayStore;
  /** For this relay alone: it has one send in flight at a time. The caller closes it after the relay has ended. */
  readonly publisher: Publisher;
  readonly log: Logger;
  /** Its name among the relays of this database; two that are alive must not share it. Made from chance when left out. */
  readonly name?: string;
  /** Milliseconds that a lease lasts, renewed every third of it; 10,000 when left out. */
  readonly leaseMs?: number;
  /** Rows read and sent at once, at most; 1,000 when left out. */
  readonly batchRows?: number;
  readonly clock?: Clock;
}

export interface Relay {
  /** Something was committed: look at once. Cheap; never throws. */
  wake(): void;
  /**
   * Finishes what is in flight, saves its cursors and gives its shards up, within `deadlineMs` (10,000 when left
   * out); after that it leaves at once, and what was not saved is published again by whoever comes next. Idempotent.
   */
  stop(deadlineMs?: number): Promise<void>;
  status(): RelayStatus;
  /** Fulfilled after `stop`. A database or broker that is away does not end a relay. */
  readonly ended: Promise<void>;
}

const LEAST_PAUSE_MS = 50;

/**
 * Starts to publish what is committed to the outbox: at least once, in order per aggregate. Any number of relays may
 * run on one database; they share its shards by lease. It returns at once, and waits for what is not there.
 */
export function startRelay(options: RelayOptions): Relay {
  const { store, publisher, leaseMs = 10_000, batchRows = 1_000, clock = systemClock } = options;
  const relay =
    options.name ??
    `relay-${Math.floor(clock.random() * 2 ** 48).toString(36)}-${Math.trunc(clock.now()).toString(36)}`;
  const log = options.log.child({ relay });
  const counters: RelayCounters = { published: 0, rejected: 0, retries: 0, polls: 0, saves: 0 };
  const trouble = new RelayTrouble(log, clock);
  const work = new WakeSignal(clock);
  const called = new WakeSignal(clock);
  const stopped = new AbortController();
  const givenUp = new AbortController();
  let run: RelayRun | undefined;

  async function runOnce(): Promise<void> {
    let current: RelayRun | undefined;
    let early: Error | undefined;
    const session = await store.connect({
      notified(what) {
        if (what === 'release') current?.lookAround();
        else work.wake();
      },
      lost(error) {
        early = error;
        current?.fail(error);
      },
    });
    try {
      current = new RelayRun({
        session,
        publisher,
        relay,
        leaseMs,
        batchRows,
        clock,
        log,
        counters,
        trouble,
        work,
        called,
      });
      if (early) throw early;
      run = current;
      if (stopped.signal.aborted) current.stop();
      if (givenUp.signal.aborted) current.fail(new Error('the relay was stopped'));
      await current.run();
    } finally {
      run = undefined;
      await session.close();
    }
  }

  async function supervise(): Promise<void> {
    let attempt = 0;
    while (!stopped.signal.aborted) {
      const before = clock.monotonic();
      try {
        await runOnce();
      } catch (error) {
        if (stopped.signal.aborted) break;
        trouble.begin('database', describe(error));
      }
      // A session that lasted was no failed attempt, so that the next one may follow soon.
      attempt = clock.monotonic() - before > leaseMs ? 1 : attempt + 1;
      if (!stopped.signal.aborted) {
        await clock.sleep(Math.max(LEAST_PAUSE_MS, fullJitter(attempt, clock.random())), stopped.signal);
      }
    }
  }

  const ended = supervise();
  return {
    ended,
    wake() {
      work.wake();
      called.wake();
    },
    async stop(deadlineMs = 10_000) {
      if (!stopped.signal.aborted) {
        stopped.abort();
        run?.stop();
      }
      const inTime = new AbortController();
      const deadline = clock.sleep(deadlineMs, inTime.signal).then(() => {
        if (inTime.signal.aborted) return;
        givenUp.abort();
        run?.fail(new Error('the relay was stopped before all in flight was acknowledged'));
      });
      await ended;
      inTime.abort();
      await deadline;
    },
    status: () => ({
      relay,
      connected: run !== undefined,
      ...(run?.view ?? { shards: [], held: 0, lagEvents: 0, lagMs: 0, listening: false }),
      trouble: trouble.current,
      ...counters,
    }),
  };
}
