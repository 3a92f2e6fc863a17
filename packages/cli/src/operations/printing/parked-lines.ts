import type { ParkedSummary } from '@waybill/service/operations';
import type { Extent } from '../outcome.ts';
import { type Colours, counted } from './colours.ts';
import { span } from './duration.ts';
import { compareStates, markOf, whyParked } from './entry-state.ts';
import { printableParts } from './printable.ts';
import { statesByWeight, type Totals } from '../parked-pages.ts';
import { tableLines } from './table.ts';
import type { View } from './view.ts';

/** A parked entry, and the service that has it. */
export type ParkedRow = ParkedSummary & { readonly service: string };

/** Entries of several services in one list: the dead first, then the oldest. At most `limit` of them. */
export function mergedRows(rows: readonly ParkedRow[], limit: number): readonly ParkedRow[] {
  return rows
    .toSorted(
      (a, b) =>
        compareStates(a.state, b.state) ||
        Date.parse(a.parkedAt) - Date.parse(b.parkedAt) ||
        a.service.localeCompare(b.service) ||
        Number(BigInt(a.id) - BigInt(b.id)),
    )
    .slice(0, limit);
}

export interface ParkedList {
  readonly rows: readonly ParkedRow[];
  readonly totals: Totals;
  /** When the oldest of all was parked, RFC 3339. */
  readonly oldestAt: string | undefined;
  /** Whether this is all that there is, or what options and answers left of it. */
  readonly extent: Extent;
}

const columns = [
  { heading: 'service' },
  { heading: 'id', align: 'right' },
  { heading: 'state' },
  { heading: 'for', align: 'right' },
  { heading: 'consumer' },
  { heading: 'entity' },
  { heading: 'version', align: 'right' },
  { heading: 'type' },
  { heading: 'behind', align: 'right' },
  { heading: 'why' },
] as const;

/** A list of parked entries for people: how many of which state, then a line for each. */
export function parkedLines(list: ParkedList, view: View): readonly string[] {
  const { rows, totals, extent } = list;
  if (rows.length === 0) return nothingLines[extent](view.colours);
  const hidden = totals.dead + totals.retrying + totals.waiting - rows.length;
  const more = hidden > 0 ? [view.colours.dim(`${hidden} more; --limit shows them.`)] : [];
  return [
    headline(list, view),
    '',
    ...tableLines(
      columns,
      printableParts(rows).map((row) => cellsOf(row, view)),
      view,
    ),
    ...more,
  ];
}

function cellsOf(row: ParkedRow, view: View) {
  const { service, id, state, parkedAt, consumer, aggregateId, version, type, behind } = row;
  return [
    service,
    id,
    { text: state, mark: markOf(state, view) },
    span(view.now.getTime() - Date.parse(parkedAt)),
    consumer,
    aggregateId,
    String(version),
    type,
    behind === 0 ? '' : String(behind),
    whyParked(row, view.now),
  ];
}

function headline({ totals, oldestAt }: ParkedList, { colours, now }: View): string {
  const counts = statesByWeight.flatMap((state) => (totals[state] === 0 ? [] : [`${totals[state]} ${state}`]));
  const age = oldestAt === undefined ? '' : `; the oldest for ${span(now.getTime() - Date.parse(oldestAt))}`;
  return colours.bold(`${counts.join(', ')}${age}`);
}

/** When the oldest of these was parked. */
export function oldestOf(entries: readonly Pick<ParkedSummary, 'parkedAt'>[]): string | undefined {
  return entries.map(({ parkedAt }) => parkedAt).toSorted((a, b) => Date.parse(a) - Date.parse(b))[0];
}

const nothingLines: Readonly<Record<Extent, (colours: Colours) => readonly string[]>> = {
  everything: (colours) => [
    colours.green('Nothing is parked.'),
    colours.dim('Events that failed, or that wait for others, would be here.'),
  ],
  'a selection': () => ['Nothing that is parked fits this.'],
  'of those that answered': () => ['Nothing is parked in the services that answered.'],
};

/** What several entries have in common, in one line. */
export function entriesPhrase(rows: readonly ParkedSummary[]): string {
  const entities = new Set(
    rows.map(({ aggregateType, aggregateId, tenant }) => `${tenant} ${aggregateType} ${aggregateId}`),
  );
  return `${counted(rows.length, 'entry', 'entries')} of ${counted(entities.size, 'entity', 'entities')}`;
}
