import type { Evidence, ProjectedRow, TopicRecord } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { folds, type FieldsOf } from '../folds.ts';
import { aggregateKey, firstOccurrences, groupBy } from '../lookup.ts';
import { subscriptions } from '../subscriptions.ts';

/**
 * I5: each projected row equals the fold of its entity's events, field by field. An entity with parked events is left
 * out: its row is behind, and says so.
 */
export function projectionDiverged(evidence: Evidence): readonly Finding[] {
  const events = firstOccurrences(evidence.records);
  return [...folds].flatMap(([consumer, fold]) => {
    const rows = new Map((evidence.domain.projections.get(consumer) ?? []).map((row) => [aggregateKey(row), row]));
    const parked = parkedEntities(evidence, consumer);
    const byEntity = groupBy(
      events.filter(({ type }) => fold.has(type)),
      aggregateKey,
    );
    const wrong = [...byEntity].filter(([key]) => !parked.has(key));
    return [
      ...wrong.flatMap(([key, history]) => differences(consumer, history, folded(fold, history), rows.get(key))),
      ...[...rows].filter(([key]) => !byEntity.has(key)).map(([, row]) => rowFromNothing(consumer, row)),
    ];
  });
}

function parkedEntities({ services }: Evidence, consumer: string): ReadonlySet<string> {
  const service = subscriptions.find((subscription) => subscription.consumer === consumer)?.service ?? '';
  const parked = services.get(service)?.parked ?? [];
  return new Set(parked.filter((event) => event.consumer === consumer).map(aggregateKey));
}

function folded(
  fold: ReadonlyMap<string, FieldsOf>,
  history: readonly TopicRecord[],
): Readonly<Record<string, string>> {
  const inOrder = [...history].sort((a, b) => a.version - b.version);
  return Object.assign({}, ...inOrder.map(({ type, data }) => fold.get(type)?.(data ?? {}))) as Record<string, string>;
}

function differences(
  consumer: string,
  history: readonly TopicRecord[],
  expected: Readonly<Record<string, string>>,
  row: ProjectedRow | undefined,
): readonly Finding[] {
  const [first] = history;
  if (first === undefined) return [];
  const entity = `${first.aggregateType} ${first.aggregateId}`;
  if (row === undefined) {
    const message = `${consumer} has no row for ${entity}, which has ${history.length} events.`;
    return [{ promise: 'I5', code: 'diverged.no-row', message, ids: [first.aggregateId] }];
  }
  // Names of fields alone: their values may be personal data.
  const fields = Object.keys(expected).filter((field) => row.fields[field] !== expected[field]);
  if (fields.length === 0) return [];
  const message = `${consumer} differs from the fold of the events of ${entity} in ${fields.join(', ')}.`;
  return [{ promise: 'I5', code: 'diverged.fields', message, ids: [first.aggregateId] }];
}

function rowFromNothing(consumer: string, { aggregateType, aggregateId }: ProjectedRow): Finding {
  const message = `${consumer} has a row for ${aggregateType} ${aggregateId}, which has no events.`;
  return { promise: 'I5', code: 'diverged.row-from-nothing', message, ids: [aggregateId] };
}
