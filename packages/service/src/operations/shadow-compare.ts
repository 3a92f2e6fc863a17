import { setTimeout as pause } from 'node:timers/promises';
import {
  compareObserved,
  type ConsumerDefinition,
  type HandlerEntry,
  type Incoming,
  type Logger,
  observeHandler,
  systemClock,
} from '@waybill/messaging';
import { inShadow, isShadowTrouble } from '@waybill/postgres';
import type pg from 'pg';
import type { Compared } from './shadow-report.ts';

/** Milliseconds for which a statement of a shadow waits for whoever is in its way, and for which it may run. */
const limits = { lockMs: 100, statementMs: 5_000 };
/** Attempts at an event while live traffic is in the way, and milliseconds between them. */
const attempts = 3;
const betweenMs = 200;

export interface ShadowingOptions {
  readonly pool: pg.Pool;
  readonly log: Logger;
}

/** An event that the consumer has a candidate for. */
export interface ShadowedEvent {
  readonly event: Extract<Incoming, { kind: 'event' }>['event'];
  readonly living: HandlerEntry;
  readonly candidate: HandlerEntry;
}

/** What of a record a shadow compares; undefined where there is no candidate for it. */
export function shadowedEvent({ shadow }: ConsumerDefinition, incoming: Incoming): ShadowedEvent | undefined {
  if (incoming.kind !== 'event') return undefined;
  const { event, entry: living } = incoming;
  const candidate = shadow.handlers.find(({ contract }) => contract.name === living.contract.name);
  return candidate === undefined ? undefined : { event, living, candidate };
}

/** Runs both handlers for an event, each undone, in one transaction that is rolled back, and compares what they did. */
export async function compareFor(
  { pool, log }: ShadowingOptions,
  definition: ConsumerDefinition,
  { event, living, candidate }: ShadowedEvent,
  stopping: AbortSignal,
): Promise<Compared> {
  const of = { event: event.id, type: event.type };
  const options = { definition, clock: systemClock, stopping, isTrouble: isShadowTrouble };
  for (let attempt = 1; attempt <= attempts; attempt += 1) {
    try {
      const comparison = await inShadow(pool, limits, async (transaction) => {
        const before = await observeHandler(
          { ...options, log: log.child({ shadow: 'living' }) },
          transaction,
          living,
          event,
        );
        const after = await observeHandler(
          { ...options, log: log.child({ shadow: 'candidate' }) },
          transaction,
          candidate,
          event,
        );
        return compareObserved(before, after);
      });
      return { ...of, comparison };
    } catch (error) {
      if (!isShadowTrouble(error)) throw error;
      await pause(attempt * betweenMs, undefined, { signal: stopping });
    }
  }
  return { ...of, comparison: { verdict: 'busy' } };
}
