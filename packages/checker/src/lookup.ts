import type { Evidence, TopicRecord } from './evidence.ts';
import { snapshotTypes } from './subscriptions.ts';

/** The aggregate as one text, fit as a map's key. */
export function aggregateKey(of: { tenant?: string; aggregateType: string; aggregateId: string }): string {
  return JSON.stringify([of.tenant ?? '', of.aggregateType, of.aggregateId]);
}

/** The aggregate at a version as one text. */
export function versionKey(of: {
  tenant?: string;
  aggregateType: string;
  aggregateId: string;
  version: number;
}): string {
  return JSON.stringify([of.tenant ?? '', of.aggregateType, of.aggregateId, of.version]);
}

export function isEvent(record: TopicRecord): boolean {
  return record.problem === undefined && !snapshotTypes.has(record.type);
}

/** The first record of each event and type, in log order: what a consumer would see if nothing were delivered twice. */
export function firstOccurrences(records: readonly TopicRecord[]): readonly TopicRecord[] {
  const seen = new Set<string>();
  return records.filter((record) => {
    if (!isEvent(record)) return false;
    const key = `${record.id} ${record.type}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** All ledger lines, of all services. */
export function allEffects(evidence: Evidence) {
  return [...evidence.services.values()].flatMap(({ effects }) => effects);
}

export function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}
