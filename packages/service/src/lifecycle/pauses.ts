import type { ConsumerDefinition, Queryable, RunningConsumer } from '@waybill/messaging';
import { activePauses, type PauseRow } from '@waybill/postgres';
import type { BackgroundTask } from '../background-task.ts';
import type { LoadShedding } from './load-shedding.ts';

/** What a person has paused, as far as it was last seen. */
export class Pauses {
  readonly #db: Queryable;
  #active: readonly PauseRow[] = [];

  constructor(db: Queryable) {
    this.#db = db;
  }

  async look(): Promise<void> {
    this.#active = await activePauses(this.#db);
  }

  /** Why a consumer stands still: it was paused itself, or something that its handlers call. */
  heldBy(definition: ConsumerDefinition): string | undefined {
    const called = definition.handlers.flatMap(({ external }) => external?.dependency ?? []);
    const pause = this.#active.find(({ scope, name }) =>
      scope === 'consumer' ? name === definition.name : scope === 'dependency' && called.includes(name),
    );
    if (pause === undefined) return undefined;
    const what = pause.scope === 'dependency' ? `all that calls ${pause.name} is paused` : 'paused';
    return `${what} by ${pause.actor}: ${pause.reason}`;
  }

  get isRelayHeld(): boolean {
    return this.#active.some(({ scope }) => scope === 'relay');
  }
}

/** How often a process looks whether something was paused or resumed, in milliseconds. */
const lookEveryMs = 2_000;

/** Has the consumers, and the relay, follow what was paused and resumed, in this process or by way of another, and its load. */
export function pausesTask(
  pauses: Pauses,
  follow: {
    readonly definitions: readonly ConsumerDefinition[];
    readonly consumers: () => readonly RunningConsumer[];
    readonly relay: (state: 'held' | 'free') => Promise<void>;
    readonly shedding: LoadShedding;
  },
): BackgroundTask {
  return {
    name: 'pauses',
    intervalMs: lookEveryMs,
    async run() {
      await pauses.look();
      follow.shedding.look();
      for (const consumer of follow.consumers()) {
        const definition = follow.definitions.find(({ name }) => name === consumer.status().name);
        if (definition !== undefined) consumer.hold(pauses.heldBy(definition) ?? follow.shedding.heldBack(definition));
      }
      await follow.relay(pauses.isRelayHeld ? 'held' : 'free');
    },
  };
}
