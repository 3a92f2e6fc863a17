import type { Queryable } from '@waybill/messaging';

/** Wakes relays in other processes. */
export interface OutboxNotifier {
  /** Call after a commit. Cheap, never throws, and many calls become one notification. */
  wake(): void;
}

/**
 * A notifier over a pool: sends NOTIFY on a connection of its own, outside the business transaction, where it would
 * take a lock on the whole server through the commit. At most one in `debounceMs` (20 when left out). One that is
 * lost costs nothing but the time until the relay's next look.
 */
export function postgresNotifier(pool: Queryable, debounceMs = 20): OutboxNotifier {
  let pending = false;
  return {
    wake() {
      if (pending) return;
      pending = true;
      setTimeout(() => {
        pending = false;
        pool.query(`SELECT pg_notify('waybill_outbox', 'outbox')`).catch(() => undefined);
      }, debounceMs).unref();
    },
  };
}
