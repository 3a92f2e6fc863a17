import type { ConsumerDefinition } from './consumer.ts';

/** The topics that a consumer takes events from; snapshots are no events. */
export function eventTopicsOf({
  handlers,
  upcasters,
}: Pick<ConsumerDefinition, 'handlers' | 'upcasters'>): readonly string[] {
  const contracts = [...handlers.map(({ contract }) => contract), ...upcasters.map(({ from }) => from)];
  return [...new Set(contracts.map(({ topic }) => topic))];
}

/** All topics that a consumer subscribes to: those of its events, and those of the snapshots that it takes. */
export function topicsOf(
  definition: Pick<ConsumerDefinition, 'handlers' | 'upcasters' | 'snapshots'>,
): readonly string[] {
  const snapshots = definition.snapshots.map(({ contract }) => contract.topic);
  return [...new Set([...eventTopicsOf(definition), ...snapshots])];
}
