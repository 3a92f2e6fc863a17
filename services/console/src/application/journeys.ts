import { z } from 'zod';
import { furtherQuestions, type Journey, mergedJourney } from '../domain/journey.ts';
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

/**
 * What all services know of an id. They are asked once more for the correlation ids that the first answers name: a
 * service that knows nothing of an order number knows its part of the same business transaction.
 */
export async function journeyOf(services: Services, asker: Asker, id: string): Promise<Journey> {
  const parse = (answer: unknown) => traceShape.parse(answer);
  const ask = (asked: Readonly<Record<string, string>>) =>
    askEach(services, { asker, path: 'trace', query: () => new URLSearchParams(asked), parse });
  const first = await ask({ id });
  const { ids, entities, more } = furtherQuestions(id, first);
  const named = entities.length === 0 ? {} : { entities: entities.join(',') };
  const further = await Promise.all(ids.map((each) => ask({ id: each, ...named })));
  return mergedJourney([first, ...further], more ? 'some' : 'all');
}
