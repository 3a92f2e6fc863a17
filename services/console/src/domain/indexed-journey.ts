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

/** An event of the index, and the service that published it. */
export interface IndexedEvent {
  readonly service: string;
  readonly step: IndexedStep;
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
export function withIndexed(journey: Journey, indexed: readonly IndexedEvent[]): Journey {
  const told = new Set(
    journey.services.flatMap(({ steps }) =>
      steps.filter(({ kind }) => kind === 'published').map(({ eventId }) => eventId),
    ),
  );
  const missing = Map.groupBy(
    indexed.filter(({ step }) => !told.has(step.eventId)),
    ({ service }) => service,
  );
  const stepsOf = (service: string) => (missing.get(service) ?? []).map(({ step }) => step);
  const services = journey.services.map((one) => {
    const more = stepsOf(one.service);
    return more.length === 0 ? one : { ...one, steps: inOrder([...one.steps, ...more]) };
  });
  const names = new Set(services.map(({ service }) => service));
  const others = [...missing.keys()].filter((service) => !names.has(service));
  return {
    ...journey,
    services: [...services, ...others.map((service) => ({ service, steps: inOrder(stepsOf(service)), cut: true }))],
  };
}

/**
 * The service that published an event, by its source (`/waybill/orders`). Where that is another's, the context of its type:
 * a context is mostly one service's, of the same name.
 */
export function publisherOf({ source, type }: { readonly source: string; readonly type: string }): string {
  return /^\/waybill\/([^/]+)$/.exec(source)?.[1] ?? parseContractName(type)?.context ?? type;
}
