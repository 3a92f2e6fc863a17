import { setImmediate as immediate, setTimeout as pause } from 'node:timers/promises';
import type { ConsumerDefinition, HandlerEntry, InboxStore } from '@waybill/messaging';

/** Real milliseconds for which work that a handler does by itself is waited for, before the clock goes on. */
const PATIENCE_MS = 1_000;

/** Knows whether handlers and transactions are under way. */
export class Activity {
  #running = 0;
  #begun = 0;

  async track<T>(work: () => T | Promise<T>): Promise<T> {
    this.#running += 1;
    this.#begun += 1;
    try {
      return await work();
    } finally {
      this.#running -= 1;
    }
  }

  /** Resolves once nothing is under way and nothing follows from what was; only time can bring something new then. */
  async over(): Promise<void> {
    const since = performance.now();
    for (let seen = -1; seen !== this.#begun || this.#running > 0;) {
      seen = this.#begun;
      await immediate();
      await immediate();
      if (this.#running === 0) continue;
      if (performance.now() - since > PATIENCE_MS) return;
      // A handler waits for something outside of this process's in-memory world.
      await pause(1);
    }
  }

  trackedInbox(store: InboxStore): InboxStore {
    return { ...store, transaction: async (work) => this.track(async () => store.transaction(work)) };
  }

  trackedConsumer(definition: ConsumerDefinition): ConsumerDefinition {
    return {
      ...definition,
      handlers: definition.handlers.map((entry) => this.#trackedEntry(entry)),
      snapshots: definition.snapshots.map((entry) => ({
        ...entry,
        handle: async (snapshot, context) => this.track(async () => entry.handle(snapshot, context)),
      })),
    };
  }

  #trackedEntry(entry: HandlerEntry): HandlerEntry {
    const { external, handleAll } = entry;
    return {
      ...entry,
      handle: async (event, context, outcome) => this.track(async () => entry.handle(event, context, outcome)),
      ...(handleAll && { handleAll: async (events, context) => this.track(async () => handleAll(events, context)) }),
      external: external && {
        ...external,
        call: async (event, context) => this.track(async () => external.call(event, context)),
      },
    };
  }
}
