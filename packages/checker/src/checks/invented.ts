import type { Evidence, TopicRecord } from '../evidence.ts';
import type { Finding } from '../finding.ts';
import { isEvent, versionKey } from '../lookup.ts';

/**
 * I2: each record comes from a committed change: an outbox holds its row, of the same aggregate and version. Snapshots
 * too. (A head alone proves nothing: a rolled-back event's version is given to the next one.)
 */
export function recordWithoutChange({ services, records }: Evidence): readonly Finding[] {
  const rows = new Map(
    [...services.values()].flatMap(({ outbox }) => outbox.map((row) => [`${row.id} ${row.type}`, versionKey(row)])),
  );
  return records.flatMap((record): readonly Finding[] => {
    const finding = findingOf(record, rows.get(`${record.id} ${record.type}`));
    return finding === undefined ? [] : [finding];
  });
}

function findingOf(record: TopicRecord, committed: string | undefined): Finding | undefined {
  const { id, type, topic, partition, offset, problem } = record;
  const where = `${topic}/${partition}@${offset}`;
  if (problem !== undefined) {
    return { promise: 'I2', code: 'invented.foreign-record', message: `${where}: ${problem}`, ids: [id || where] };
  }
  if (committed === undefined) {
    const message = `${type} ${id} is in ${topic}, but in no outbox: its transaction did not commit.`;
    return { promise: 'I2', code: 'invented.record-without-change', message, ids: [id] };
  }
  if (committed !== versionKey(record)) {
    const message = `${type} ${id} is in ${topic} as ${versionKey(record)}, but was committed as ${committed}.`;
    return { promise: 'I2', code: 'invented.record-of-another-version', message, ids: [id] };
  }
  return undefined;
}

/** I2: each effect has an event in a topic. */
export function effectWithoutEvent({ services, records }: Evidence): readonly Finding[] {
  const published = new Set(records.filter(isEvent).map(({ id }) => id));
  return [...services.values()].flatMap(({ effects }) =>
    effects
      .filter(({ eventId }) => !published.has(eventId))
      .map(({ consumer, eventId, type }) => ({
        promise: 'I2',
        code: 'invented.effect-without-event',
        message: `${consumer} had an effect for ${type} ${eventId}, which is in no topic.`,
        ids: [eventId],
      })),
  );
}
