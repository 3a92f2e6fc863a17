import { groupBy } from '../../lookup.ts';
import { entityKey, type Facts } from '../facts.ts';
import type { ProofFinding } from '../finding.ts';

/** I4: the first occurrences of an aggregate's events have versions 1, 2, 3 … in the order of the log, in one partition. */
export function topicOutOfOrder({ events }: Facts): readonly ProofFinding[] {
  return [...groupBy(events, entityKey)].flatMap(([entity, history]): readonly ProofFinding[] => {
    const partitions = new Set(history.map(({ partition }) => partition));
    const wrong = history.find(({ version }, index) => version !== index + 1);
    return [
      ...(partitions.size > 1
        ? [finding('disordered.partitions', `${entity} lies in partitions ${[...partitions].join(', ')}.`, entity)]
        : []),
      ...(wrong === undefined
        ? []
        : [finding('disordered.topic', `${entity} has version ${wrong.version} out of its turn.`, wrong.id)]),
    ];
  });
}

/** I4: what an ordered consumer did for an entity, it did in the order of the versions. */
export function effectsOutOfOrder({ followers }: Facts): readonly ProofFinding[] {
  return followers
    .filter(({ order }) => order === 'by-entity')
    .flatMap(({ consumer, effects }) => {
      const lines = [...effects.values()].flat().toSorted((a, b) => (a.position < b.position ? -1 : 1));
      return [...groupBy(lines, entityKey)].flatMap(([entity, done]): readonly ProofFinding[] => {
        const wrong = done.find((line, index) => {
          const before = done[index - 1];
          return before !== undefined && before.eventId !== line.eventId && before.version >= line.version;
        });
        if (wrong === undefined) return [];
        const message = `${consumer} did version ${wrong.version} of ${entity} after one that is not below it.`;
        return [finding('disordered.effects', message, wrong.eventId)];
      });
    });
}

function finding(code: string, message: string, id: string): ProofFinding {
  return { promise: 'I4', code, message, ids: [id] };
}
