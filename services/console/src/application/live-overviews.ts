import { pause } from '@waybill/service';
import { substanceOf } from '../domain/change.ts';
import type { OverviewOf } from './overviews.ts';

/** One browser that is told of changes. */
export interface Listener {
  readonly sessionId: string;
  /** Milliseconds since the epoch at which its session ends, whatever happens. */
  readonly until: number;
  /** Whether it has taken what it was sent; one that has not is told of the newest state later. */
  readonly ready: () => boolean;
  send(overviews: readonly OverviewOf[]): void;
  /** A sign of life, so that neither side takes the connection for broken. */
  beat(): void;
  /** Its session is over, or the console stops. */
  end(): void;
}

/** Tells all who listen how the services stand, by one loop that rests while nobody listens. */
export interface LiveOverviews {
  /** Answers how to leave, or undefined when there are too many already: altogether, or of this session. */
  join(listener: Listener): (() => void) | undefined;
  /** Ends those of a session that was logged out. */
  endSession(sessionId: string): void;
}

export interface LiveOptions {
  readonly overviews: () => Promise<readonly OverviewOf[]>;
  /** Those of these sessions that are still there. */
  readonly living: (sessionIds: readonly string[]) => Promise<ReadonlySet<string>>;
  /** Aborts when the console stops. */
  readonly signal: AbortSignal;
  /** Milliseconds from one look to the next; 2,000 when left out. */
  readonly everyMs?: number;
  /** Milliseconds between signs of life; 15,000 when left out. */
  readonly beatMs?: number;
  readonly now?: () => number;
}

/** Listeners at most: all, and of one session, which has a tab or two. */
const mostListeners = 200;
const mostOfSession = 10;

export function liveOverviews(options: LiveOptions): LiveOverviews {
  const { overviews, living, signal, everyMs = 2_000, beatMs = 15_000, now = Date.now } = options;
  /** With the substance that each was told last. */
  const listeners = new Map<Listener, string | undefined>();
  let looping = false;
  let beatenAt = 0;

  const end = (listener: Listener) => {
    if (listeners.delete(listener)) listener.end();
  };

  function tell(latest: readonly OverviewOf[]): void {
    const substance = substanceOf(latest);
    for (const [listener, told] of listeners) {
      if (told === substance || !listener.ready()) continue;
      listeners.set(listener, substance);
      listener.send(latest);
    }
  }

  async function beat(): Promise<void> {
    beatenAt = now();
    for (const listener of listeners.keys()) {
      if (listener.until <= now()) end(listener);
      else if (listener.ready()) listener.beat();
    }
    const there = await living([...new Set([...listeners.keys()].map(({ sessionId }) => sessionId))]);
    for (const listener of listeners.keys()) if (!there.has(listener.sessionId)) end(listener);
  }

  async function look(): Promise<void> {
    try {
      tell(await overviews());
      if (now() - beatenAt >= beatMs) await beat();
    } catch {
      // The database does not answer: whether a session lives is asked again at the next beat.
    }
  }

  async function loop(): Promise<void> {
    looping = true;
    beatenAt = now();
    while (listeners.size > 0 && !signal.aborted) {
      await look();
      await pause(everyMs, signal);
    }
    looping = false;
  }

  signal.addEventListener('abort', () => [...listeners.keys()].forEach(end));

  return {
    join(listener) {
      const ofSession = [...listeners.keys()].filter(({ sessionId }) => sessionId === listener.sessionId);
      if (signal.aborted || listeners.size >= mostListeners || ofSession.length >= mostOfSession) return undefined;
      listeners.set(listener, undefined);
      if (looping) void overviews().then(tell, () => {});
      else void loop();
      return () => void listeners.delete(listener);
    },

    endSession(sessionId) {
      for (const listener of listeners.keys()) if (listener.sessionId === sessionId) end(listener);
    },
  };
}
