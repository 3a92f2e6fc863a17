import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  handleWhen,
} from 'cockatiel';
import { PauseError, TerminalError } from '../errors.ts';

/** Failures in a row after which a dependency is taken for down, and for how long it is left alone, in milliseconds. */
const failuresInARow = 5;
const restMs = 2_000;
/** A probe comes when the breaker lets one through again, and not just before. */
const probeAfterMs = restMs + 50;

/** Whether a dependency is called: `open` when it is left alone, `half-open` while one call finds out. */
export interface BreakerStatus {
  readonly dependency: string;
  readonly state: 'closed' | 'open' | 'half-open';
  /** Milliseconds since 1970. */
  readonly since: number;
}

const stateNames = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.Open]: 'open',
  [CircuitState.HalfOpen]: 'half-open',
  [CircuitState.Isolated]: 'open',
} as const;

/**
 * A circuit breaker around each dependency that calls to the outside declare. While it is open nobody calls: the consumer
 * pauses, and its probe is the one call that finds out. A refusal of one event (a terminal error) says that the
 * dependency works.
 */
export class DependencyBreakers {
  readonly #breakers = new Map<string, CircuitBreakerPolicy>();
  readonly #since = new Map<string, number>();
  readonly #now: () => number;

  /** @param now Milliseconds since 1970. */
  constructor(now: () => number) {
    this.#now = now;
  }

  /** The dependencies that were called since the process started. */
  get status(): readonly BreakerStatus[] {
    return [...this.#breakers].map(([dependency, { state }]) => ({
      dependency,
      state: stateNames[state],
      since: this.#since.get(dependency) ?? this.#now(),
    }));
  }

  /** Makes a call. @throws {PauseError} at once while the dependency is taken for down, and for the call that found it so. */
  async call<T>(dependency: string | undefined, work: () => Promise<T>): Promise<T> {
    if (dependency === undefined) return work();
    const breaker = this.#breakerOf(dependency);
    try {
      return await breaker.execute(work);
    } catch (error) {
      if (!(error instanceof BrokenCircuitError)) throw error;
      throw new PauseError(dependency, `${dependency} failed ${failuresInARow} times in a row and is left alone.`, {
        cause: error,
        probeAfterMs,
      });
    }
  }

  #breakerOf(dependency: string): CircuitBreakerPolicy {
    const known = this.#breakers.get(dependency);
    if (known !== undefined) return known;
    const made = circuitBreaker(
      handleWhen((error) => !(error instanceof TerminalError)),
      { breaker: new ConsecutiveBreaker(failuresInARow), halfOpenAfter: restMs },
    );
    const note = () => void this.#since.set(dependency, this.#now());
    note();
    made.onStateChange(note);
    this.#breakers.set(dependency, made);
    return made;
  }
}
