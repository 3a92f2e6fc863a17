import { context } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { consumer, type ConsumerDefinition, type HandlerEntry } from '@waybill/messaging';
import { DeliveredWorld } from './delivered-world.ts';
import { isTable, requireOutcome } from './expectation.ts';
import type { Expectation, Outcome } from './outcome.ts';
import type { SpecifiedEvent, WithheldEvent } from './specified-event.ts';
import { type TableDefinition, TeamTables } from './team-tables.ts';

export interface SpecificationOptions {
  /** The service's own tables: its migrations, in order. */
  readonly tables: readonly TableDefinition[];
  /** The service's consumers. Those that are left out here may be named by each test, in `when`. */
  readonly consumers?: readonly ConsumerDefinition[];
}

type Delivery = SpecifiedEvent | WithheldEvent;

/** A specification of handlers: what was delivered before, what is then, and what follows from it. */
export interface Specification {
  /** What is delivered, and dealt with, before the test looks. */
  given(...events: readonly Delivery[]): Given;
  /** The same with nothing before it. */
  when(...what: readonly (Delivery | ConsumerDefinition | HandlerEntry)[]): When;
}

export interface Given {
  /**
   * Events to deliver, in this order; the same one twice is delivered twice. Or consumers, or single handlers: what was given
   * is then delivered to them, and all that they do belongs to this step.
   */
  when(...what: readonly (Delivery | ConsumerDefinition | HandlerEntry)[]): When;
}

/** What is to be looked at; nothing runs before it is. */
export interface When {
  /** @throws {SpecificationError} when something else happened. */
  then(expected: Expectation): Promise<void>;
  /** What happened, to look at it oneself. */
  outcome(): Promise<Outcome>;
}

let engine: Promise<TeamTables> | undefined;

/**
 * Runs handlers as in production, with the real ordering, deduplication, parking and retries, on ports in memory and with
 * the team's tables in a PostgreSQL of this process. Nothing is shared between tests, and no infrastructure is needed.
 * Time stands still, and jumps over every wait. Await it outside of the tests: starting that PostgreSQL takes longer than
 * any of them.
 *
 * @example
 * const shipping = await specification({ tables: migrations, consumers: [shippingBookings(ports)] });
 * await shipping
 *   .given(event(OrderPlacedV2, { … }))
 *   .when(event(OrderConfirmedV1, { … }))
 *   .then({ published: [event(ShipmentBookedV1, { … })], rows: { shipment: [{ status: 'BOOKED' }] } });
 */
export async function specification({ tables, consumers = [] }: SpecificationOptions): Promise<Specification> {
  engine ??= TeamTables.open();
  const team = await engine;
  const given = (events: readonly Delivery[]): Given => ({
    when(...what) {
      const own = what.flatMap((each) => definitionOf(each) ?? []);
      const deliveries = what.filter((each): each is Delivery => definitionOf(each) === undefined);
      const all = [...consumers, ...own];
      const before = own.length > 0 ? [] : events;
      const during = own.length > 0 ? [...events, ...deliveries] : deliveries;
      return whenOf(async (queries) => run(team, { tables, consumers: all, before, during, queries }));
    },
  });
  return {
    given: (...events) => given(events),
    when: (...what) => given([]).when(...what),
  };
}

function definitionOf(each: Delivery | ConsumerDefinition | HandlerEntry): ConsumerDefinition | undefined {
  if ('handlers' in each) return each;
  if (!('handle' in each)) return undefined;
  return consumer({ name: 'specified.handler', kind: 'reaction', from: 'beginning', handlers: [each] });
}

function whenOf(outcomeOf: (queries: readonly string[]) => Promise<Outcome>): When {
  return {
    // oxlint-disable-next-line unicorn/no-thenable -- the third word of given, when, then
    async then(expected: Expectation, reject?: (error: Error) => void) {
      // Awaited by mistake, it is called as a promise would be; the compiler has refused that already.
      if (reject !== undefined) {
        reject(new Error('Say what is expected, with .then({ … }), or ask for .outcome().'));
        return;
      }
      const queries = Object.keys(expected.rows ?? {}).filter((source) => !isTable(source));
      requireOutcome(await outcomeOf(queries), expected);
    },
    outcome: async () => outcomeOf([]),
  };
}

interface Run {
  readonly tables: readonly TableDefinition[];
  readonly consumers: readonly ConsumerDefinition[];
  readonly before: readonly Delivery[];
  readonly during: readonly Delivery[];
  /** What is to be asked in the end. */
  readonly queries: readonly string[];
}

async function run(team: TeamTables, { tables, consumers, before, during, queries }: Run): Promise<Outcome> {
  if (consumers.length === 0)
    throw new Error('There is no consumer. Give specification() its consumers, or when() one of them, or a handler.');
  // What is published names its cause by the active context, which nobody keeps unless tracing was started.
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  return team.isolated(tables, async () => {
    const world = new DeliveredWorld(consumers, team);
    world.start();
    try {
      await world.settle();
      for (const each of before) world.deliver(each);
      await world.settle();
      const published = world.published(0).length;
      const skipped = world.skipped(0).length;
      for (const each of during) world.deliver(each);
      await world.settle();
      const rows = await team.rows(queries);
      return { published: world.published(published), skipped: world.skipped(skipped), parked: world.parked(), rows };
    } finally {
      await world.stop();
    }
  });
}
