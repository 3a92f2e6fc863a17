import { setTimeout as delay } from 'node:timers/promises';
import { on, redrive, RetryableError, TerminalError } from '@waybill/messaging';
import { postgresInbox } from '@waybill/postgres';
import type pg from 'pg';
import type { Program } from '../../process/program.ts';
import { measuredContract } from '../../world/event.ts';
import { APPLY_IN_ORDER } from '../../world/ordered-projection.ts';
import type { Place } from '../../world/place.ts';
import { effectWatch } from '../effect-watch.ts';
import { consumerName, consumerPool, consuming } from './consumer.ts';

/** How the handler fails for the entity that is poisoned: for good at once, or again and again. */
export type Fault = 'terminal' | 'retryable';

/** What the consumer is asked to do. */
export type PoisonTask =
  | { readonly do: 'start' }
  | { readonly do: 'poison'; readonly entity: string; readonly by: Fault }
  | { readonly do: 'mend'; readonly entity: string };

/** What a `mend` found: the events of the entity that had gathered, and the attempts at the first of them. */
export interface Mended {
  readonly waiting: number;
  readonly attempts: number;
}

/**
 * The consumer with a handler per event, which fails for one entity while that is poisoned. To mend it is what a person
 * does: the handler is put right, and the event that failed is redriven. At its end it tells when each effect became visible.
 */
export function poisonedConsumer(place: Place, events: number): Program {
  const pool = consumerPool(place);
  const watch = effectWatch(pool, events, APPLY_IN_ORDER);
  const poisoned = new Map<string, Fault>();
  const handler = on(measuredContract(place.topic), async ({ data, aggregateVersion }, { tx }) => {
    const fault = poisoned.get(data.entity);
    if (fault === 'terminal') throw new TerminalError('This entity cannot be handled.');
    if (fault === 'retryable') throw new RetryableError('This entity cannot be handled now.');
    await tx.query(APPLY_IN_ORDER, [data.entity, aggregateVersion, data.amount]);
  });
  const program = consuming(place, pool, handler, { failures: 'expected' });
  return {
    async go(task) {
      const asked = task as PoisonTask;
      switch (asked.do) {
        case 'start':
          return program.go(undefined);
        case 'poison':
          poisoned.set(asked.entity, asked.by);
          return undefined;
        case 'mend':
          poisoned.delete(asked.entity);
          return redriveFirst(pool, consumerName(place), asked.entity);
      }
    },
    async stop() {
      await program.stop();
      return watch.received();
    },
  };
}

async function redriveFirst(pool: pg.Pool, consumer: string, entity: string): Promise<Mended> {
  const store = postgresInbox(pool);
  const { rows } = await pool.query<{ id: string; attempts: number; waiting: number }>(
    `SELECT id, attempts, count(*) OVER ()::int AS waiting FROM waybill.parked
      WHERE consumer = $1 AND aggregate_id = $2 ORDER BY version LIMIT 1`,
    [consumer, entity],
  );
  const [first] = rows;
  if (first === undefined) return { waiting: 0, attempts: 0 };
  for (;;) {
    const outcome = await store.transaction(async (tx) => redrive(tx, consumer, BigInt(first.id)));
    // It may be tried by itself at this very moment.
    if (outcome.done === 'yes' || outcome.why !== 'in-work') return first;
    await delay(20);
  }
}
