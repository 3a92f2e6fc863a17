import { failureGroup, type ParkedSelection } from '@waybill/service/operations';
import { listIn } from './answers.ts';
import { askAll } from './ask-all.ts';
import { extentOf, listed, type Outcome } from './outcome.ts';
import { parkedEntries, summedTotals } from './parked-pages.ts';
import { type GroupRow, groupLines, mergedGroups } from './printing/group-lines.ts';
import { mergedRows, oldestOf, parkedLines } from './printing/parked-lines.ts';
import type { Session } from './session.ts';

/** Lists parked entries of one service or of all. */
export async function listParked(
  session: Session,
  selection: ParkedSelection,
  { service, limit }: { readonly service: string | undefined; readonly limit: number },
): Promise<Outcome> {
  const heard = await askAll(session.clients(service), async (client) => parkedEntries(client, selection, limit));
  const { answers } = heard;
  const found = answers.flatMap(({ service, answer }) => answer.entries.map((entry) => ({ service, ...entry })));
  const rows = mergedRows(found, limit);
  const totals = summedTotals(answers.map(({ answer }) => answer.totals));
  const extent = extentOf(heard, Object.keys(selection).length === 0 ? 'whole' : 'narrowed');
  const lines = parkedLines({ rows, totals, oldestAt: oldestOf(found), extent }, session.view());
  return listed(heard, lines, { entries: rows, totals });
}

/** Lists failures by their kind, of one service or of all. */
export async function listGroups(
  session: Session,
  { service, consumer }: { readonly service?: string; readonly consumer?: string },
): Promise<Outcome> {
  const heard = await askAll(session.clients(service), async (client) =>
    client.get('/failures', listIn('groups', failureGroup), { consumer }),
  );
  const all = heard.answers.flatMap(({ service, answer }) => answer.map((group): GroupRow => ({ service, ...group })));
  const groups = mergedGroups(all);
  const extent = extentOf(heard, consumer === undefined ? 'whole' : 'narrowed');
  return listed(heard, groupLines(groups, extent, session.view()), { groups });
}
