import { parseContractName } from '@waybill/contracts';
import { inOrder, type Journey, type JourneyStep } from './journey.ts';

/** That an event was published, as the console's own index of events has it and no service has told. */
export interface IndexedStep extends JourneyStep {
  readonly kind: 'published';
  readonly source: 'index';
  readonly aggregateType: string;
  readonly version: number;
  readonly correlationId: string;
  readonly causationId?: string;
  readonly traceId?: string;
}

/** One of several business transactions that an id stands for. */
export interface JourneyMatch {
  readonly correlationId: string;
  /** Of its first event. */
  readonly firstType: string;
  readonly firstAt: string;
  readonly aggregateId: string;
  /** How many there are; 1,000 when there are more. */
  readonly events: number;
}

/**
 * The journey with the events that no service has told of: their service did not answer, or keeps them no longer. What
 * became of them is not known here, so a service that told nothing itself is marked as cut.
 */
export function withIndexed(journey: Journey, indexed: readonly IndexedStep[]): Journey {
  const told = new Set(
    journey.services.flatMap(({ steps }) =>
      steps.filter(({ kind }) => kind === 'published').map(({ eventId }) => eventId),
    ),
  );
  const missing = Map.groupBy(
    indexed.filter(({ eventId }) => !told.has(eventId)),
    serviceOf,
  );
  const services = journey.services.map((one) => {
    const more = missing.get(one.service);
    return more === undefined ? one : { ...one, steps: inOrder([...one.steps, ...more]) };
  });
  const names = new Set(services.map(({ service }) => service));
  const others = [...missing].filter(([service]) => !names.has(service));
  return {
    ...journey,
    services: [...services, ...others.map(([service, steps]) => ({ service, steps: inOrder(steps), cut: true }))],
  };
}

/** The service that publishes a type: each context is one service's, of the same name. */
function serviceOf({ type }: IndexedStep): string {
  return parseContractName(type)?.context ?? type;
}
