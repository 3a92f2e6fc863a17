import type { ParkedSummary } from '@waybill/service/operations';
import { eventName } from '../words/names.ts';

/** How entries divide by one property. */
export interface Facet {
  readonly name: string;
  /** Most frequent first. */
  readonly values: readonly { readonly value: string; readonly count: number }[];
}

export interface CommonGround {
  /** Properties that all entries share, with the one value. */
  readonly shared: readonly { readonly name: string; readonly value: string }[];
  /** Properties in which they differ. */
  readonly differing: readonly Facet[];
}

const facets: readonly (readonly [string, (entry: ParkedSummary) => string])[] = [
  ['Event', (entry) => eventName(entry.type)],
  ['Contract', (entry) => entry.type],
  ['Consumer', (entry) => entry.consumer],
  ['Tenant', (entry) => (entry.tenant === '' ? 'none' : entry.tenant)],
  ['State', (entry) => entry.state],
  ['Error code', (entry) => entry.errorCode ?? 'none'],
  ['Attempts', (entry) => String(entry.attempts)],
  [
    'Redriven before',
    (entry) => (entry.redriven === 0 ? 'never' : entry.redriven === 1 ? 'once' : `${entry.redriven} times`),
  ],
  ['Assigned to', (entry) => entry.assignee ?? 'nobody'],
  ['Version of the entity', (entry) => (entry.version === 1 ? 'the first' : 'a later one')],
  ['Parked in the hour', (entry) => `${entry.parkedAt.slice(0, 13).replace('T', ' ')}:00 UTC`],
];

/** What entries have in common and how they differ, of the properties that help to find a cause. */
export function commonGround(entries: readonly ParkedSummary[]): CommonGround {
  const all = facets.map(([name, valueOf]) => ({ name, values: countedValues(entries.map(valueOf)) }));
  const helpful = all.filter(({ name }) => name !== 'Event' || !isTold(all, name));
  return {
    shared: helpful.flatMap(({ name, values }) => {
      const [only] = values;
      return values.length === 1 && only !== undefined ? [{ name, value: only.value }] : [];
    }),
    differing: helpful.filter(({ values }) => values.length > 1),
  };
}

/** Whether the contract tells the same as the event's name, as it does when there is one contract for each name. */
function isTold(all: readonly Facet[], name: string): boolean {
  const contracts = all.find((facet) => facet.name === 'Contract')?.values.length;
  return contracts === all.find((facet) => facet.name === name)?.values.length;
}

function countedValues(values: readonly string[]): Facet['values'] {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts]
    .map(([value, count]) => ({ value, count }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
}
