import type { ConsumerContext } from './consumer-context.ts';
import { drainQueue } from './draining.ts';
import { drainAlone } from './draining-alone.ts';
import { makeCall } from './external-call.ts';
import type { ParkedEvent } from './inbox-store.ts';
import { provide, reconcile } from './reconciling.ts';

const ROUNDS = 50;
const CLAIM_MARGIN_MS = 10_000;

/** How many parked events are worked on at once, and how long the queue rests when nothing is due. */
export const parkedPace = { concurrency: 16, idleMs: 2_000 };

/** Claims what is due and works on it. Answers how many entries that were. */
export async function workOnDue(c: ConsumerContext, limit: number): Promise<number> {
  const claimMs = c.definition.handlerTimeoutMs + CLAIM_MARGIN_MS;
  const due = await c.store.claimDue(c.definition.name, { limit, claimMs });
  const results = await Promise.allSettled(due.map(async (parked) => workOn(c, parked)));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return due.length;
}

async function workOn(c: ConsumerContext, parked: ParkedEvent): Promise<void> {
  try {
    for (let round = 0; round < ROUNDS && !c.stopping.aborted; round += 1) {
      const goesOn = await takeStep(c, parked);
      if (!goesOn) return;
    }
  } finally {
    await c.store.transaction(async (tx) => tx.updateParked(parked.id, { claimMs: 0 }));
  }
}

async function takeStep(c: ConsumerContext, parked: ParkedEvent): Promise<boolean> {
  const next = parked.holdsEntity ? await drainQueue(c, parked.key) : await drainAlone(c, parked);
  switch (next.step) {
    case 'rest':
      return false;
    case 'again':
      return true;
    case 'prepare':
      await c.reader.prepare(next.parked.map(({ record }) => record));
      return true;
    case 'reconcile':
      return reconcile(c, next);
    case 'provide':
      return provide(c, next);
    case 'call':
      return makeCall(c, next);
  }
}
