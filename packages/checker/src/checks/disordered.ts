import type { Evidence } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { aggregateKey, firstOccurrences, groupBy } from '../lookup.ts';
import { subscriptions } from '../subscriptions.ts';

/** I4: for each key of each topic, the first occurrences by id have versions 1, 2, 3 … in log order. */
export function topicOutOfOrder({ records }: Evidence): readonly Finding[] {
  const byAggregate = groupBy(firstOccurrences(records), aggregateKey);
  return [...byAggregate.values()].flatMap((events): readonly Finding[] => {
    const ids = [...new Set(events.map(({ id }) => id))];
    const versionOf = new Map(events.map(({ id, version }) => [id, version]));
    const wrong = ids.findIndex((id, index) => versionOf.get(id) !== index + 1);
    const id = ids[wrong];
    if (id === undefined) return [];
    const message = `The ${wrong + 1}. event of ${events[wrong]?.aggregateType} ${events[wrong]?.aggregateId} in its topic has version ${versionOf.get(id)}.`;
    return [{ promise: 'I4', code: 'disordered.topic', message, ids: [id] }];
  });
}

/** I4: one partition holds all events of an aggregate, or their order would mean nothing. */
export function aggregateOverPartitions({ records }: Evidence): readonly Finding[] {
  const byAggregate = groupBy(firstOccurrences(records), aggregateKey);
  return [...byAggregate.values()].flatMap((events): readonly Finding[] => {
    const partitions = new Set(events.map(({ partition }) => partition));
    const [first] = events;
    if (first === undefined || partitions.size === 1) return [];
    const message = `Events of ${first.aggregateType} ${first.aggregateId} lie in partitions ${[...partitions].join(', ')}.`;
    return [{ promise: 'I4', code: 'disordered.partitions', message, ids: [first.aggregateId] }];
  });
}

/** I4: in a projection the effects on an entity have versions that only rise. */
export function projectionWentBack({ services }: Evidence): readonly Finding[] {
  return subscriptions
    .filter(({ kind }) => kind === 'projection')
    .flatMap(({ consumer, service }) => {
      const effects = (services.get(service)?.effects ?? []).filter((effect) => effect.consumer === consumer);
      const byEntity = groupBy(effects, aggregateKey);
      return [...byEntity.values()].flatMap((lines): readonly Finding[] => {
        const inOrder = [...lines].sort((a, b) => (a.position < b.position ? -1 : 1));
        const wrong = inOrder.find((line, index) => {
          const before = inOrder[index - 1];
          return before !== undefined && before.version >= line.version && before.eventId !== line.eventId;
        });
        if (wrong === undefined) return [];
        const message = `${consumer} applied version ${wrong.version} of ${wrong.aggregateType} ${wrong.aggregateId} after a version that is not below it.`;
        return [{ promise: 'I4', code: 'disordered.projection', message, ids: [wrong.eventId] }];
      });
    });
}
