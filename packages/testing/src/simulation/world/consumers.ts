import type { Contract, Event } from '@waybill/contracts';
import {
  consumer,
  type ConsumerDefinition,
  type HandlerContext,
  type HandlerEntry,
  on,
  onBatch,
  onExternal,
  onSnapshot,
  PauseError,
  RetryableError,
  TerminalError,
} from '@waybill/messaging';
import type { SimulatedProcess } from '../kernel/simulated-process.ts';
import type { ConsumerName, PlannedFailure } from '../plan/plan.ts';
import {
  type ChangeData,
  customerChanged,
  customerState,
  orderChanged,
  orderReplied,
  orderState,
  type ReplyData,
  type StateData,
} from './contracts.ts';
import { EFFECT, FOLD, LOOK, RESTORE } from './domain.ts';
import type { World } from './world.ts';

const HANDLER_MS = 500;
const CALL_MS = 400;

/** The consumers of a world, as one process runs them. */
export function consumersOf(world: World, process: SimulatedProcess): readonly ConsumerDefinition[] {
  const { consumers, gapPatienceMs, deliveredAtOnce } = world.plan;
  const common = {
    retry: { baseMs: 20, capMs: 500, maxAttempts: 60, budgetShare: 0.5 },
    gapPatienceMs,
    handlerTimeoutMs: HANDLER_MS,
    batchSize: deliveredAtOnce,
  };
  const handling = new Handling(world, process);
  const definitions: Record<ConsumerName, () => readonly ConsumerDefinition[]> = {
    'shop.orders': () => [
      consumer({
        ...common,
        name: 'shop.orders',
        kind: 'projection',
        handlers: [handling.folding('shop.orders', orderChanged)],
        snapshots: [handling.restoring('shop.orders', orderState)],
      }),
    ],
    'shop.totals': () => [
      consumer({
        ...common,
        name: 'shop.totals',
        kind: 'projection',
        handlers: [handling.foldingTogether('shop.totals')],
      }),
    ],
    'shop.ledger': () => [
      consumer({
        ...common,
        name: 'shop.ledger',
        kind: 'reaction',
        from: 'beginning',
        handlers: [handling.replying('shop.ledger')],
      }),
      consumer({
        ...common,
        name: 'shop.replies',
        kind: 'reaction',
        from: 'beginning',
        handlers: [on(orderReplied, async (event, context) => handling.note('shop.replies', event, context))],
      }),
    ],
    'shop.alerts': () => [
      consumer({
        ...common,
        name: 'shop.alerts',
        kind: 'reaction',
        from: 'now',
        handlers: [handling.noting('shop.alerts')],
      }),
    ],
    'shop.search': () => [
      consumer({
        ...common,
        name: 'shop.search',
        kind: 'reaction',
        from: 'beginning',
        ordering: { by: 'none', horizonMs: 3_600_000 },
        handlers: [handling.noting('shop.search')],
      }),
    ],
    'shop.card': () => [
      consumer({
        ...common,
        name: 'shop.card',
        kind: 'reaction',
        from: 'beginning',
        handlers: [handling.calling('shop.card', 'idempotent')],
      }),
    ],
    'shop.mail': () => [
      consumer({
        ...common,
        name: 'shop.mail',
        kind: 'reaction',
        from: 'beginning',
        handlers: [handling.calling('shop.mail', 'once')],
      }),
    ],
    'shop.dependent': () => [
      consumer({
        ...common,
        name: 'shop.customers',
        kind: 'projection',
        handlers: [handling.folding('shop.dependent', customerChanged, 'shop.customers')],
        snapshots: [handling.restoring('shop.customers', customerState)],
      }),
      consumer({
        ...common,
        name: 'shop.dependent',
        kind: 'reaction',
        from: 'beginning',
        handlers: [handling.depending('shop.dependent')],
      }),
    ],
  };
  return consumers.flatMap((name) => definitions[name]());
}

/** What the handlers do: their effects, and the failures that are planned for them. */
class Handling {
  readonly #world: World;
  readonly #process: SimulatedProcess;

  constructor(world: World, process: SimulatedProcess) {
    this.#world = world;
    this.#process = process;
  }

  noting(name: ConsumerName): HandlerEntry {
    return on(orderChanged, async (event, context) =>
      this.#withFailures(name, event, async () => {
        // One statement for most events, and two for some: what runs ahead of its answers is found out.
        if (event.data.n % 9 === 0) await context.tx.query(LOOK);
        await this.note(name, event, context);
      }),
    );
  }

  replying(name: ConsumerName): HandlerEntry {
    return on(orderChanged, async (event, context) =>
      this.#withFailures(name, event, async () => {
        await this.note(name, event, context);
        const data = { n: event.data.n, cause: event.id };
        await context.publish(orderReplied, { aggregateId: `reply-${event.aggregateId}`, data });
      }),
    );
  }

  depending(name: ConsumerName): HandlerEntry {
    return on(
      orderChanged,
      async (event, context) =>
        this.#withFailures(name, event, async () => this.note(name, event, context, event.data.customer)),
      {
        needs: ({ data }) => [
          { projection: 'shop.customers', aggregateType: 'orders.customer', aggregateId: data.customer },
        ],
      },
    );
  }

  folding(planned: ConsumerName, contract: Contract<ChangeData>, name: string = planned): HandlerEntry {
    return on(contract, async (event, context) =>
      this.#withFailures(planned, event, async () => {
        await this.note(name, event, context);
        const { n, delta } = event.data;
        await context.tx.query(FOLD, [name, event.aggregateId, event.aggregateVersion, n, delta]);
      }),
    );
  }

  foldingTogether(name: ConsumerName): HandlerEntry {
    return onBatch(orderChanged, async (events, context) => {
      for (const event of events) {
        await this.#withFailures(name, event, async () => {
          await this.note(name, event, context);
          const { n, delta } = event.data;
          await context.tx.query(FOLD, [name, event.aggregateId, event.aggregateVersion, n, delta]);
        });
      }
    });
  }

  restoring(name: string, contract: Contract<StateData>) {
    return onSnapshot(contract, async (snapshot, context) => {
      await context.tx.query(RESTORE, [name, snapshot.aggregateId, snapshot.aggregateVersion, snapshot.data]);
    });
  }

  calling(name: ConsumerName, how: 'idempotent' | 'once'): HandlerEntry {
    const wire = this.#process.wire('outside');
    return onExternal<ChangeData, { readonly called: string }>(orderChanged, {
      external: {
        idempotent: how === 'idempotent',
        timeoutMs: CALL_MS,
        call: async (event, { idempotencyKey }) => {
          const how = this.#world.failureOf(name, event.data.n);
          // These three say that the call had no effect.
          if (how === 'retryable' || how === 'terminal' || how === 'pause') throw failureAs(how);
          const outcome = await wire.call('outside', () => {
            this.#world.outside.push({ consumer: name, key: idempotencyKey });
            return { called: idempotencyKey };
          });
          if (how === 'slow') await this.#process.clock.sleep(CALL_MS + 200);
          else if (how !== undefined) throw failureAs(how);
          return outcome;
        },
      },
      handle: async (event, context) => this.note(name, event, context),
    });
  }

  /** The effect, which nothing keeps from being there twice but Waybill. */
  async note(
    name: string,
    event: Event<ChangeData | ReplyData>,
    { tx }: Pick<HandlerContext, 'tx'>,
    needed?: string,
  ): Promise<void> {
    const { id: eventId, aggregateId: entity, aggregateVersion: version, data } = event;
    await tx.query(EFFECT, [{ consumer: name, eventId, entity, version, n: data.n }, needed]);
  }

  async #withFailures(name: ConsumerName, event: Event<ChangeData>, work: () => Promise<void>): Promise<void> {
    const how = this.#world.failureOf(name, event.data.n);
    if (how === 'slow') await this.#process.clock.sleep(HANDLER_MS + 200);
    if (how === undefined || how === 'slow') return work();
    if (how === 'after its writes') await work();
    throw failureAs(how);
  }
}

/** What a handler throws. */
function failureAs(how: Exclude<PlannedFailure['how'], 'slow'>): Error {
  switch (how) {
    case 'retryable':
      return new RetryableError('not now');
    case 'terminal':
      return new TerminalError('never');
    case 'pause':
      return new PauseError('the bank', 'the bank is closed', { probeAfterMs: 200 });
    case 'unknown':
    case 'after its writes':
      return new Error('something went wrong');
  }
}
