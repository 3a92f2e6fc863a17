import { Button, NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import type { KnownFailure } from '../../api/known-bodies.ts';
import { knownFailuresQuery } from '../../api/known-failures.ts';
import { useSession } from '../../api/session.tsx';
import { KnownTable } from '../../failures/known-table.tsx';
import { knownStates } from '../../failures/known-words.ts';
import { SilentServices } from '../../failures/silent-services.tsx';
import type { KnownFilter } from '../../lists/filters.ts';
import { useHeldList } from '../../lists/use-held-list.ts';
import { FreshBar } from '../../ui/fresh-bar.tsx';
import { Empty, Loading } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { counted, grouped } from '../../words/counting.ts';

const route = getRouteApi('/parked');
const pageSize = 50;
const mostShown = 200;

/** Failed events of all services in one list, found by any word of them, also while their service does not answer. */
export function EntriesPage(): ReactElement {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { services } = useSession();
  const [limit, setLimit] = useState(pageSize);
  const page = useQuery({
    ...knownFailuresQuery({ ...filter, limit: String(limit) }),
    placeholderData: (before) => before,
  });
  const held = useHeldList(page.data?.entries, entryKey, JSON.stringify([filter, limit, page.isPlaceholderData]));
  const total = page.data?.total ?? 0;
  const set = (part: KnownFilter) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  return (
    <div className="page">
      <div className="page-head">
        <div>
          <nav className="crumbs" aria-label="Where this is">
            <Link to="/failures">Failures</Link>
          </nav>
          <h1>Failed events</h1>
        </div>
        {page.data !== undefined && (
          <p className="muted">{total >= 10_000 ? 'more than 10,000' : counted(total, 'entry', 'entries')}</p>
        )}
      </div>
      <div className="filters" role="group" aria-label="Filter">
        <NativeSelect
          label="Service"
          value={filter.service ?? ''}
          data={[{ value: '', label: 'all' }, ...services]}
          onChange={(event) => set({ service: event.target.value })}
        />
        <NativeSelect
          label="State"
          value={filter.state ?? ''}
          data={[...knownStates]}
          onChange={(event) => set({ state: event.target.value })}
        />
        <TextInput
          label="Text"
          placeholder="an id, an error, a type"
          value={filter.q ?? ''}
          onChange={(event) => set({ q: event.target.value })}
        />
      </div>
      <SilentServices silent={page.data?.silent ?? []} />
      <FreshBar fresh={held.fresh} changed={held.changed} onShow={held.showLatest} />
      {page.error !== null && (
        <ProblemPanel what="The entries could not be loaded." error={page.error} onRetry={() => void page.refetch()} />
      )}
      {page.data === undefined && page.error === null && <Loading what="the entries" />}
      {page.data !== undefined && held.rows.length === 0 && (
        <div className="table-wrap">
          <Empty title={Object.keys(filter).length === 0 ? 'Nothing fails' : 'No entry fits this filter'}>
            Events that a handler could not handle appear here, of all services.
          </Empty>
        </div>
      )}
      {held.rows.length > 0 && <KnownTable rows={held.rows} />}
      {page.data?.next !== undefined && limit < mostShown && (
        <Button variant="default" onClick={() => setLimit(Math.min(mostShown, limit + pageSize))}>
          Show more of {grouped(total)}
        </Button>
      )}
      {page.data?.next !== undefined && limit >= mostShown && (
        <p className="muted">The newest {mostShown} are shown. Narrow the filter to see others.</p>
      )}
    </div>
  );
}

function entryKey(entry: KnownFailure): string {
  return entry.id;
}
