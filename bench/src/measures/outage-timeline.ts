/** One call to the dependency. */
export interface ShopCall {
  /** Milliseconds of the machine's clock (`clockMs`). */
  readonly at: number;
  /** The number of its event. */
  readonly sequence: number;
  readonly answer: 'served' | 'refused';
}

/** What happened in one second of a run. */
export interface Second {
  readonly calls: number;
  readonly served: number;
  /** Events published and not yet served, at its end. */
  readonly waiting: number;
}

/** What is known after a run; times in milliseconds of one clock. */
export interface OutageRun {
  readonly since: number;
  readonly downAt: number;
  readonly upAt: number;
  /** When each event was committed. */
  readonly committed: Iterable<number>;
  /** Calls for these events. */
  readonly calls: readonly ShopCall[];
}

/** The run second by second, from its begin to the last call or commit. */
export function secondsOf({ since, committed, calls }: OutageRun): readonly Second[] {
  const published = new Map<number, number>();
  const called = new Map<number, number>();
  const served = new Map<number, number>();
  let last = 0;
  const count = (into: Map<number, number>, at: number): void => {
    const second = Math.max(0, Math.floor((at - since) / 1_000));
    last = Math.max(last, second);
    into.set(second, (into.get(second) ?? 0) + 1);
  };
  for (const at of committed) count(published, at);
  const before = new Set<number>();
  for (const { at, sequence, answer } of calls) {
    count(called, at);
    if (answer === 'refused' || before.has(sequence)) continue;
    before.add(sequence);
    count(served, at);
  }
  let waiting = 0;
  return Array.from({ length: last + 1 }, (_, second) => {
    const servedNow = served.get(second) ?? 0;
    waiting += (published.get(second) ?? 0) - servedNow;
    return { calls: called.get(second) ?? 0, served: servedNow, waiting };
  });
}

export interface OutageFigures {
  /** During the outage, a second. */
  readonly callsWhileDown: number;
  /** In the busiest second after it. */
  readonly mostCallsAfter: number;
  /** Seconds from its end until no more events wait than come in one; undefined when that was not seen. */
  readonly drainSeconds: number | undefined;
  /** The longest time while the backlog drained, in whole seconds, in which nothing was served: a second outage. */
  readonly standstillSeconds: number;
}

/** What the outage cost, and how it ended. */
export function outageFigures(run: OutageRun, seconds: readonly Second[], perSecond: number): OutageFigures {
  const { since, downAt, upAt, calls } = run;
  const whileDown = calls.filter(({ at }) => at >= downAt && at < upAt).length;
  const after = seconds.slice(Math.max(0, Math.floor((upAt - since) / 1_000)));
  const gone = after.findIndex(({ waiting }) => waiting <= perSecond);
  const draining = after.slice(0, gone < 0 ? after.length : gone);
  const first = draining.findIndex(({ served }) => served > 0);
  let [standstill, longest] = [0, 0];
  for (const { served } of draining.slice(Math.max(0, first))) {
    standstill = served === 0 ? standstill + 1 : 0;
    longest = Math.max(longest, standstill);
  }
  return {
    callsWhileDown: whileDown / ((upAt - downAt) / 1_000),
    mostCallsAfter: Math.max(0, ...after.map((second) => second.calls)),
    drainSeconds: gone < 0 ? undefined : gone + 1,
    standstillSeconds: longest,
  };
}

/** Whether each of `events` was served once and each entity's in order; says what was not, undefined when all is well. */
export function outageFlaw(
  calls: readonly ShopCall[],
  { events, entities }: { readonly events: number; readonly entities: number },
): string | undefined {
  const times = new Uint16Array(events);
  const lastOf = new Map<number, number>();
  let [doubled, outOfOrder] = [0, 0];
  for (const { sequence, answer } of calls) {
    if (answer === 'refused') continue;
    times[sequence] = (times[sequence] ?? 0) + 1;
    if ((times[sequence] ?? 0) > 1) doubled += 1;
    const entity = sequence % entities;
    if (sequence < (lastOf.get(entity) ?? -1)) outOfOrder += 1;
    lastOf.set(entity, Math.max(sequence, lastOf.get(entity) ?? -1));
  }
  const missing = times.reduce((sum, served) => sum + (served === 0 ? 1 : 0), 0);
  const flaws = [
    missing > 0 ? `${missing} not served` : '',
    doubled > 0 ? `${doubled} served twice` : '',
    outOfOrder > 0 ? `${outOfOrder} out of order` : '',
  ].filter((flaw) => flaw !== '');
  return flaws.length === 0 ? undefined : flaws.join(', ');
}
