/** What is to be called for one event of a transaction. */
export interface Runnable {
  /** Its entity, as one text. */
  readonly entity: string;
  /** Calls that may go together: those of one batch handler. Undefined for a handler that is called for each event. */
  readonly together: object | undefined;
}

/**
 * Puts the calls of a transaction, given in the order of their partition, into runs that are made one after another: a
 * batch handler is called once for a run, any other once for each of its events. Each entity's events stay in their
 * order, also across handlers, and so do the events of a run; a run takes in what comes later of other entities, so that
 * contracts that alternate in the log do not make runs of one. Pure.
 */
export function runsOf<T extends Runnable>(calls: readonly T[]): readonly (readonly T[])[] {
  const runs: T[][] = [];
  const lastOfKind = new Map<object | undefined, number>();
  const lastOfEntity = new Map<string, number>();
  for (const call of calls) {
    let at = lastOfKind.get(call.together);
    if (at === undefined || (lastOfEntity.get(call.entity) ?? 0) > at) at = runs.push([]) - 1;
    runs[at]?.push(call);
    lastOfKind.set(call.together, at);
    lastOfEntity.set(call.entity, at);
  }
  return runs;
}
