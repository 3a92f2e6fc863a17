import type { Queryable } from '@waybill/messaging';

/** Wakes relays in other processes. */
export interface OutboxNotifier {
  /** Call after a commit. Cheap, never throws, and many calls become one notification. */
  wake(): void;
}

/**
 * A notifier over a pool: sends NOTIFY on a connection of its own, outside the business transaction, where it would
 * take a lock on the whole server through the commit. The first call after a rest is passed on at once; during the
 * `debounceMs` (20 when left out) after one, all further calls become one at their end, since a relay that is busy
 * looks by itself. One that is lost costs nothing but the time until the relay's next look.
 */
export function postgresNotifier(pool: Queryable, debounceMs = 20): OutboxNotifier {
  let state: 'resting' | 'sent' | 'wanted' = 'resting';
  const send = (): void => {
    state = 'sent';
    pool.query(`SELECT pg_notify('waybill_outbox', 'outbox')`).catch(() => undefined);
    setTimeout(() => {
      if (state === 'wanted') send();
      else state = 'resting';
    }, debounceMs).unref();
  };
  return {
    wake() {
      if (state === 'resting') send();
      else state = 'wanted';
    },
  };
}
