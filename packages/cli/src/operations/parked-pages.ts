import { parkedPage, type ParkedSelection, type ParkedSummary } from '@waybill/service/operations';
import type { OperationsClient } from './client.ts';
import { pageQuery } from './selection.ts';

const largestPage = 200;

/** The states of an entry, worst first. */
export const statesByWeight = ['dead', 'retrying', 'waiting'] as const satisfies readonly ParkedSummary['state'][];

/** How many there are of each state, shown or not. */
export type Totals = Readonly<Record<ParkedSummary['state'], number>>;

export interface FoundEntries {
  readonly entries: readonly ParkedSummary[];
  readonly totals: Totals;
}

/** The first entries of a service that fit, the worst state first and then the oldest: `limit` of them, or a few more. */
export async function parkedEntries(
  client: OperationsClient,
  selection: ParkedSelection,
  limit: number,
): Promise<FoundEntries> {
  const entries: ParkedSummary[] = [];
  const totals = { dead: 0, retrying: 0, waiting: 0 };
  for (const state of statesByWeight) {
    if (selection.state !== undefined && selection.state !== state) continue;
    // One at least, which tells the total and the age of the oldest.
    const found = await pagesOf(client, { ...selection, state }, Math.max(1, limit - entries.length));
    totals[state] = found.total;
    entries.push(...found.entries);
  }
  return { entries, totals };
}

async function pagesOf(client: OperationsClient, selection: ParkedSelection, limit: number) {
  const entries: ParkedSummary[] = [];
  let total = 0;
  let after: string | undefined;
  do {
    const query = pageQuery(selection, { limit: Math.min(largestPage, limit - entries.length), after });
    const page = await client.get('/parked', parkedPage, query);
    if (after === undefined) total = page.total;
    entries.push(...page.entries);
    after = page.next;
  } while (after !== undefined && entries.length < limit);
  return { entries, total };
}

/** The totals of several services as one. */
export function summedTotals(all: readonly Totals[]): Totals {
  const sum = (state: ParkedSummary['state']) => all.reduce((total, one) => total + one[state], 0);
  return { dead: sum('dead'), retrying: sum('retrying'), waiting: sum('waiting') };
}

/** The totals of entries that are all there. */
export function totalsOf(entries: readonly ParkedSummary[]): Totals {
  const count = (state: ParkedSummary['state']) => entries.filter((entry) => entry.state === state).length;
  return { dead: count('dead'), retrying: count('retrying'), waiting: count('waiting') };
}
