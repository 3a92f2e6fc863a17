import { groupBy } from '../../lookup.ts';
import type { Facts } from '../facts.ts';
import type { ProofFinding } from '../finding.ts';

/** I3: no consumer has two effects for one event. */
export function effectTwice({ followers }: Facts): readonly ProofFinding[] {
  return followers.flatMap(({ consumer, effects }) =>
    [...effects]
      .filter(([, lines]) => lines.length > 1)
      .map(([id, lines]): ProofFinding => {
        const message = `${consumer} had ${lines.length} effects for ${lines[0]?.type} ${id}.`;
        return { promise: 'I3', code: 'repeated.effect', message, ids: [id] };
      }),
  );
}

/** I3: an effect without its dedupe row would be repeated by the next delivery of its event. */
export function effectWithoutDedupeRow({ followers }: Facts): readonly ProofFinding[] {
  return followers.flatMap(({ consumer, effects, inbox }) =>
    [...effects.keys()]
      .filter((id) => !inbox.has(id))
      .map((id): ProofFinding => {
        const message = `${consumer} had an effect for ${id}, and has no dedupe row for it.`;
        return { promise: 'I3', code: 'repeated.effect-without-dedupe-row', message, ids: [id] };
      }),
  );
}

/** I3: where the outside does not know a key again, a call is made once, whatever became of its answer. */
export function calledTwice({ evidence }: Facts): readonly ProofFinding[] {
  const letters = groupBy(
    evidence.calls.filter(({ port }) => port === 'letters'),
    ({ key }) => key,
  );
  return [...letters]
    .filter(([, calls]) => calls.length > 1)
    .map(([key, calls]): ProofFinding => {
      const message = `The outside was called ${calls.length} times for ${key}, and cannot tell a key again.`;
      return { promise: 'I3', code: 'repeated.call', message, ids: [key] };
    });
}
