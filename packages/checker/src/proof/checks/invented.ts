import { entityKey, type Facts, placeOf } from '../facts.ts';
import type { ProofFinding } from '../finding.ts';
import type { Operation } from '../history.ts';
import { strangerKey } from '../subscriptions.ts';
import { stepsByOperation } from './lost.ts';

/** I2: each record comes from a committed row of an outbox, of the same type, aggregate and version. */
export function recordWithoutChange({ evidence }: Facts): readonly ProofFinding[] {
  const rows = new Map(
    [...evidence.databases.values()].flatMap(({ outbox }) =>
      outbox.map((row) => [`${row.id} ${row.type}`, `${entityKey(row)} ${row.version}`]),
    ),
  );
  return evidence.records
    .filter(({ key }) => !key.startsWith(strangerKey))
    .flatMap((record): readonly ProofFinding[] => {
      const { id, type, problem } = record;
      const committed = rows.get(`${id} ${type}`);
      if (problem === undefined && committed === `${entityKey(record)} ${record.version}`) return [];
      const why = problem ?? (committed === undefined ? 'is in no outbox' : `was committed as ${committed}`);
      const message = `${type} ${id} at ${placeOf(record)} ${why}.`;
      return [{ promise: 'I2', code: 'invented.record-without-change', message, ids: [id || placeOf(record)] }];
    });
}

/** I2: an operation that failed before its commit left nothing, and one that nobody knows about left all or nothing. */
export function failedOperationLeftTrace(facts: Facts): readonly ProofFinding[] {
  return tracesOf(facts, ({ outcome, form }) => outcome !== 'ok' && form !== 'refused').map((trace) => ({
    ...{ promise: 'I2', code: 'invented.failed-operation-left-trace', ...trace },
  }));
}

/** I10: an operation of which an event did not fit its contract left nothing of its other steps either. */
export function refusedOperationLeftTrace(facts: Facts): readonly ProofFinding[] {
  return tracesOf(facts, ({ form }) => form === 'refused').map((trace) => ({
    ...{ promise: 'I10', code: 'refused.left-trace', ...trace },
  }));
}

function tracesOf(
  { evidence, eventsByOperation }: Facts,
  isAskedFor: (operation: Operation) => boolean,
): readonly Pick<ProofFinding, 'message' | 'ids'>[] {
  const steps = stepsByOperation(evidence.databases);
  return evidence.operations.filter(isAskedFor).flatMap(({ id, accounts, outcome, form }) => {
    const rows = steps.get(id)?.length ?? 0;
    const events = eventsByOperation.get(id)?.length ?? 0;
    const isWhole = outcome === 'unknown' && rows === accounts.length && events === accounts.length;
    if (isWhole || (rows === 0 && events === 0)) return [];
    const message = `${id} (${form}) ended as ${outcome} and left ${rows} rows and ${events} events of ${accounts.length}.`;
    return [{ message, ids: [id] }];
  });
}

/** I2: what is in a database or a topic was begun by somebody. */
export function traceWithoutOperation({ evidence, eventsByOperation }: Facts): readonly ProofFinding[] {
  const begun = new Set(evidence.operations.map(({ id }) => id));
  const traces = new Set([...stepsByOperation(evidence.databases).keys(), ...eventsByOperation.keys()]);
  return [...traces]
    .filter((id) => !begun.has(id))
    .map((id) => {
      const message = `${id} left rows or events, and no process wrote down that it began it.`;
      return { promise: 'I2', code: 'invented.trace-without-operation', message, ids: [id] };
    });
}

/** I2: each effect has an event in a topic. */
export function effectWithoutEvent({ followers }: Facts): readonly ProofFinding[] {
  return followers.flatMap(({ consumer, due, effects }) => {
    const published = new Set(due.map(({ id }) => id));
    return [...effects.keys()]
      .filter((id) => !published.has(id))
      .map((id): ProofFinding => {
        const message = `${consumer} had an effect for ${id}, which is in none of its topics.`;
        return { promise: 'I2', code: 'invented.effect-without-event', message, ids: [id] };
      });
  });
}
