import type { HeldBack, Journey, JourneyEvent, JourneyStep } from './journey.ts';
import { heldOf, newestCorrelationsOf, publishedOf } from './producer-tables.ts';
import { handledOf, parkedOf, skippedOf, stepCorrelationsOf } from './consumer-tables.ts';
import type { ServiceDatabase } from './service-database.ts';

/**
 * Finds the journey of an aggregate id (an order's), a correlation id or an event id in Waybill's own tables, so that
 * it is there where there is no Jaeger and where sampling left the trace out. Undefined when nothing has that id.
 */
export async function loadJourney(databases: readonly ServiceDatabase[], id: string): Promise<Journey | undefined> {
  const each = async <T>(read: (database: ServiceDatabase) => Promise<readonly T[]>): Promise<readonly T[]> =>
    (await Promise.all(databases.map(read))).flat();

  const known = await each(async (database) => stepCorrelationsOf(database, id));
  const correlationIds = new Set(
    known.length > 0 ? known : await each(async (database) => newestCorrelationsOf(database, id)),
  );
  if (correlationIds.size === 0) return undefined;

  const ids = [...correlationIds];
  const seen = await each(async (database) => [
    ...(await handledOf(database, ids)),
    ...(await skippedOf(database, ids)),
    ...(await parkedOf(database, ids)),
  ]);
  // What nobody has handled yet is known to its producer alone, which is asked by the aggregates seen so far.
  const aggregateIds = [...new Set([id, ...seen.map(({ event }) => event.aggregateId)])];
  const published = await each(async (database) => publishedOf(database, aggregateIds, ids));
  const held: readonly HeldBack[] = await each(async (database) => heldOf(database, aggregateIds));
  const steps: readonly JourneyStep[] = seen.map(({ step }) => step);
  // The producer's word counts; then a handler's; what is only skipped or parked says least.
  const events = new Map<string, JourneyEvent>();
  for (const event of [...published, ...seen.map((one) => one.event)]) {
    if (!events.has(event.id)) events.set(event.id, event);
  }
  return { events: [...events.values()], steps, held };
}
