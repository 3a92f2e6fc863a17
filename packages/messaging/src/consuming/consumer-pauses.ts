import type { Clock } from '../clock.ts';
import type { Logger } from '../logger.ts';
import type { OperationalFacts } from '../operating/facts.ts';
import type { InboxStore } from './inbox-store.ts';
import type { PauseProbe } from './parked-worker.ts';

/** Why somebody has a consumer stand still, and in what. */
export interface Hold {
  readonly reason: string;
  /** `new-events`: nothing is taken from the log, and what is parked is worked off. */
  readonly of: 'everything' | 'new-events';
}

export interface ConsumerPausesOptions {
  readonly consumer: string;
  readonly clock: Clock;
  readonly log: Logger;
  readonly store: InboxStore;
  /** Where a pause is told; nowhere when left out. */
  readonly facts: OperationalFacts | undefined;
  /** Why it stands still from its start. */
  readonly held: Hold | undefined;
  /** Pulls, or does not, as {@link ConsumerPauses.reason} says now. */
  follow(): void;
  /** Rings whoever works on what is parked. */
  wakeParked(): void;
  /** Rings the relay, since a fact was committed. */
  wakeRelay(): void;
}

/**
 * Why a consumer stands still: a person holds it, or a dependency of its handlers is down. Whoever lifts one pause leaves
 * the other.
 */
export class ConsumerPauses {
  readonly #o: ConsumerPausesOptions;
  #held: Hold | undefined;
  #down: { readonly dependency: string; readonly until: number } | undefined;
  /** Pauses and resumptions, told one after another. */
  #telling: Promise<void> = Promise.resolve();

  constructor(options: ConsumerPausesOptions) {
    this.#o = options;
    this.#held = options.held;
  }

  /** Why somebody has it stand still. */
  get held(): Hold | undefined {
    return this.#held;
  }

  /** Why it stands still; undefined when it does not. */
  get reason(): string | undefined {
    return this.#held?.reason ?? (this.#down === undefined ? undefined : `${this.#down.dependency} is down`);
  }

  /** Fulfilled when all pauses so far are told, or could not be. */
  async told(): Promise<void> {
    await this.#telling;
  }

  /** Somebody has it stand still for a reason, or go on when there is none. */
  hold(hold: Hold | undefined): void {
    if (hold?.reason === this.#held?.reason && hold?.of === this.#held?.of) return;
    const { log, consumer } = this.#o;
    log.info({ consumer, ...hold }, hold === undefined ? 'the consumer goes on' : 'the consumer is held');
    this.#held = hold;
    this.#o.follow();
    this.#o.wakeParked();
  }

  /** A dependency is down; the next look at it is in `probeAfterMs`. */
  pauseFor(dependency: string, probeAfterMs: number): void {
    const { clock, log, consumer } = this.#o;
    const until = clock.now() + probeAfterMs;
    if (this.#down === undefined) {
      log.warn({ consumer, dependency }, 'the consumer pauses: a dependency is down');
      this.#tell('paused', dependency);
    }
    this.#down = { dependency, until };
    this.#o.follow();
    // Whoever works on what is parked ends the pause, and may be at rest with nothing due.
    this.#o.wakeParked();
  }

  /** When to try one event while a dependency is down. */
  nextProbe(): ReturnType<PauseProbe> {
    const down = this.#down;
    if (down === undefined) return undefined;
    return {
      inMs: Math.max(0, down.until - this.#o.clock.now()),
      // Whoever paused again in the meantime keeps it paused.
      passed: () => {
        if (this.#down === down) this.#resume(down.dependency);
      },
    };
  }

  #resume(dependency: string): void {
    const { log, consumer } = this.#o;
    log.info({ consumer, dependency }, 'the consumer resumes');
    this.#tell('resumed', dependency);
    this.#down = undefined;
    this.#o.follow();
  }

  /** Beside the work, which does not wait for it: what is in force is in this process, and no transaction makes it so. */
  #tell(what: 'paused' | 'resumed', dependency: string): void {
    const { facts, store, consumer, log, wakeRelay } = this.#o;
    if (facts === undefined) return;
    this.#telling = this.#telling
      .then(async () => store.transaction(async (tx) => facts[what](tx.db, { consumer, dependency })))
      .then(() => wakeRelay())
      .catch((error: unknown) =>
        log.warn(
          { consumer, dependency, err: error },
          what === 'paused' ? 'its pause could not be told' : 'the end of its pause could not be told',
        ),
      );
  }
}
