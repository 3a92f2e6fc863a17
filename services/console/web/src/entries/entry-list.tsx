import type { ParkedSummary } from '@waybill/service/operations';
import { Button } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactElement } from 'react';
import { parkedListQuery } from '../api/queries.ts';
import { useWhyNot } from '../api/session.tsx';
import { selectionOf, type EntryFilter } from '../lists/filters.ts';
import { useHeldList } from '../lists/use-held-list.ts';
import { useShortcut } from '../shell/shortcuts.ts';
import { FreshBar } from '../ui/fresh-bar.tsx';
import { Empty, Loading } from '../ui/panels.tsx';
import { ProblemPanel } from '../ui/problems.tsx';
import { counted, grouped } from '../words/counting.ts';
import { BulkBar, type BulkAction } from './bulk-bar.tsx';
import { EntryFilters } from './entry-filters.tsx';
import { EntryTable } from './entry-table.tsx';
import { PickedDialog } from './picked-dialog.tsx';
import { RedriveJobDialog } from './redrive-job-dialog.tsx';

interface EntryListProps {
  readonly service: string;
  readonly consumer: string;
  readonly fingerprint?: string;
  readonly filter: EntryFilter;
  readonly onFilter: (part: EntryFilter) => void;
}

/** The parked entries of a consumer or of one kind of failure; filtered, picked, and acted on. */
export function EntryList({ service, consumer, fingerprint, filter, onFilter }: EntryListProps): ReactElement {
  const [limit, setLimit] = useState(50);
  const [picked, setPicked] = useState<ReadonlySet<string>>(new Set());
  const [action, setAction] = useState<BulkAction>();
  const selection = selectionOf(consumer, fingerprint, filter);
  const page = useQuery({
    ...parkedListQuery(service, { ...selection, limit: String(limit) }),
    placeholderData: (before) => before,
  });
  const held = useHeldList(page.data?.entries, entryKey, JSON.stringify([selection, limit, page.isPlaceholderData]));
  const chosen = held.rows.flatMap(({ item, gone }) => (picked.has(item.id) && !gone ? [item] : []));
  const whyNotRedrive = useWhyNot('redrive');
  const total = page.data?.total ?? 0;
  useShortcut(
    'r',
    whyNotRedrive === undefined && total > 0 ? () => setAction(chosen.length > 0 ? 'redrive' : 'job') : undefined,
  );
  const done = () => {
    setAction(undefined);
    setPicked(new Set());
  };
  return (
    <section className="stack" aria-labelledby="entries-heading">
      <h2 id="entries-heading">{page.data === undefined ? 'Entries' : counted(total, 'entry', 'entries')}</h2>
      <EntryFilters filter={filter} onFilter={onFilter} types={(page.data?.entries ?? []).map(({ type }) => type)} />
      <BulkBar picked={chosen.length} total={total} onAction={setAction} onClear={() => setPicked(new Set())} />
      <FreshBar fresh={held.fresh} changed={held.changed} onShow={held.showLatest} />
      {page.error !== null && (
        <ProblemPanel what="The entries could not be loaded." error={page.error} onRetry={() => void page.refetch()} />
      )}
      {page.data === undefined && page.error === null && <Loading what="the entries" />}
      {page.data !== undefined && held.rows.length === 0 && (
        <div className="table-wrap">
          <Empty title={isFiltered(filter) ? 'No entry fits this filter' : 'Nothing is parked'}>
            Events that wait, that are tried again, or that failed for good appear here.
          </Empty>
        </div>
      )}
      {held.rows.length > 0 && (
        <EntryTable
          service={service}
          rows={held.rows}
          picked={picked}
          onPick={setPicked}
          why={fingerprint === undefined ? 'of-each' : 'said'}
        />
      )}
      {page.data?.next !== undefined && limit < 200 && (
        <Button variant="default" onClick={() => setLimit(Math.min(200, limit + 50))}>
          Show more of {grouped(total)}
        </Button>
      )}
      {page.data?.next !== undefined && limit >= 200 && (
        <p className="muted">The first 200 of {grouped(total)} are shown. Narrow the filter, or act on all that fit.</p>
      )}
      {action === 'job' && <RedriveJobDialog service={service} selection={selection} onClose={done} />}
      {action !== undefined && action !== 'job' && (
        <PickedDialog service={service} action={action} entries={chosen} onClose={done} />
      )}
    </section>
  );
}

function entryKey(entry: ParkedSummary): string {
  return entry.id;
}

function isFiltered(filter: EntryFilter): boolean {
  return Object.values(filter).some((value) => value !== undefined && value !== '');
}
