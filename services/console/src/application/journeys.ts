import { z } from 'zod';
import { type IndexedEvent, type JourneyMatch, withIndexed } from '../domain/indexed-journey.ts';
import { furtherQuestions, type Journey, mergedJourney, mostCorrelations, nameable } from '../domain/journey.ts';
import type { EventIndex, FoundId } from './event-index.ts';
import { askEach, type Asker, type Services } from './services.ts';

const traceShape = z.object({
  correlationIds: z.array(z.string()),
  steps: z.array(
    z.looseObject({
      kind: z.string(),
      eventId: z.string(),
      type: z.string(),
      aggregateId: z.string(),
      at: z.string(),
      consumer: z.string().optional(),
      parkedId: z.string().optional(),
    }),
  ),
  cut: z.boolean(),
});

/** A journey, with the business transactions that its id stands for when there are several. */
export interface FoundJourney extends Journey {
  readonly matches?: readonly JourneyMatch[];
}

/** Entities that are named in the first questions, at most: what the answers tell of needs room beside them. */
const mostNamed = 30;

/**
 * What is known of an id: first by the index, which knows any id of an event, then by all services, which know what became
 * of the events. An id that stands for several business transactions and is no entity's is answered by a list of them. What
 * no service tells of an event, the index does.
 */
export async function journeyOf(
  { services, index }: { readonly services: Services; readonly index: EventIndex },
  asker: Asker,
  id: string,
): Promise<FoundJourney> {
  const found = await index.find(id);
  const matches = found.correlationIds.length > 1 ? await index.matches(found.correlationIds) : [];
  // A customer's journey would be one of unrelated orders; an order's goes through all that was done with it.
  if (matches.length > 1 && !isKnownToServices(found)) return { services: [], unreachable: [], matches };

  const correlations = found.correlationIds.slice(0, mostCorrelations);
  const { events, more } = await index.eventsOf(correlations);
  const told = await toldByServices(services, asker, { id, found, correlations, events });
  const isAll = !more && !told.more && correlations.length === found.correlationIds.length;
  const journey = withIndexed(mergedJourney(told.rounds, isAll ? 'all' : 'some'), events);
  return matches.length > 1 ? { ...journey, matches } : journey;
}

/** Whether the services can find it too, and may know more of it than the index does by now. */
function isKnownToServices({ kinds }: FoundId): boolean {
  return kinds.length === 0 || kinds.includes('entity') || kinds.includes('event');
}

interface Known {
  readonly id: string;
  readonly found: FoundId;
  readonly correlations: readonly string[];
  readonly events: readonly IndexedEvent[];
}

/**
 * Asks the services for the id and its correlations, and once more for what the first answers name beside: a service that
 * knows nothing of an order number knows its part of the same business transaction.
 */
async function toldByServices(services: Services, asker: Asker, { id, found, correlations, events }: Known) {
  const parse = (answer: unknown) => traceShape.parse(answer);
  const ask = (asked: Readonly<Record<string, string>>) =>
    askEach(services, { asker, path: 'trace', query: () => new URLSearchParams(asked), parse });
  const askNaming = (ids: readonly string[], entities: readonly string[]) => {
    const named = entities.length === 0 ? {} : { entities: entities.join(',') };
    return Promise.all(ids.map((each) => ask({ id: each, ...named })));
  };

  const all = nameable([...new Set(events.map(({ step }) => step.aggregateId))]);
  const entities = all.slice(0, mostNamed);
  // Without entities: with them, a service takes the id for a correlation.
  const asItIs = isKnownToServices(found) && !correlations.includes(id) ? [id] : [];
  const both = await Promise.all([askNaming(asItIs, []), askNaming(correlations, entities)]);
  const first = both.flat();
  const asked = { ids: [id, ...correlations], entities };
  const further = furtherQuestions(asked, first.flat());
  return {
    rounds: [...first, ...(await askNaming(further.ids, further.entities))],
    more: further.more || all.length > entities.length,
  };
}
