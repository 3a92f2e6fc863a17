import type { ConsumerDefinition, Hold, Queryable, RunningConsumer } from '@waybill/messaging';
import { activePauses, type PauseRow } from '@waybill/postgres';
import type { BackgroundTask } from '../background-task.ts';
import type { FlowNow } from '../operations/flow-api.ts';
import { latenessOf } from './lateness.ts';
import type { LoadShedding } from './load-shedding.ts';
import type { PausableRelay } from './pausable-relay.ts';

/** The name of a pause of all shards. */
const wholeRelay = '*';

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
  heldBy(definition: ConsumerDefinition): Hold | undefined {
    const called = definition.handlers.flatMap(({ external }) => external?.dependency ?? []);
    const own = this.#active.filter(({ scope, name }) =>
      scope === 'consumer' ? name === definition.name : scope === 'dependency' && called.includes(name),
    );
    // What stops everything goes before what lets the parked be worked off.
    const pause = own.find(({ mode }) => mode === 'stop') ?? own[0];
    if (pause === undefined) return undefined;
    const { mode, scope, name, actor, reason } = pause;
    const what = scope === 'dependency' ? `all that calls ${name} is paused` : mode === 'drain' ? 'draining' : 'paused';
    return { reason: `${what} by ${actor}: ${reason}`, of: mode === 'drain' ? 'new-events' : 'everything' };
  }

  /** Of all of it; a relay follows by itself which shards are paused. */
  get relayState(): 'held' | 'free' {
    return this.#active.some(({ scope, name }) => scope === 'relay' && name === wholeRelay) ? 'held' : 'free';
  }
}

/** How often a process looks whether something was paused or resumed, in milliseconds. */
export const lookEveryMs = 2_000;

/** Has the consumers, and the relay, follow what was paused and resumed, in this process or by way of another, and its load. */
export function pausesTask(
  pauses: Pauses,
  follow: {
    readonly definitions: readonly ConsumerDefinition[];
    readonly consumers: () => readonly RunningConsumer[];
    /** Undefined where another process relays. */
    readonly relay: PausableRelay | undefined;
    readonly shedding: LoadShedding;
    readonly flows: () => Promise<ReadonlyMap<string, FlowNow>>;
  },
): BackgroundTask {
  return {
    name: 'pauses',
    intervalMs: lookEveryMs,
    // Nor less often after the database was away: what was paused meanwhile, or resumed, is followed as soon as ever.
    longestBackoffMs: lookEveryMs,
    async run() {
      await pauses.look();
      const flows = await follow.flows();
      const observed = follow.consumers().flatMap((consumer) => {
        const { name, state } = consumer.status();
        const definition = follow.definitions.find((one) => one.name === name);
        return definition === undefined ? [] : [{ definition, state, flow: flows.get(name) }];
      });
      follow.shedding.look(latenessOf(observed, Date.now()));
      for (const consumer of follow.consumers()) {
        const definition = follow.definitions.find(({ name }) => name === consumer.status().name);
        if (definition !== undefined) consumer.hold(pauses.heldBy(definition) ?? follow.shedding.heldBack(definition));
      }
      await follow.relay?.follow(pauses.relayState);
    },
  };
}
