import { NativeSelect, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { GroupOfService } from '../../api/bodies.ts';
import { failuresQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.tsx';
import { SilentServices } from '../../failures/silent-services.tsx';
import { groupFits, type FailureFilter } from '../../lists/filters.ts';
import { useHeldList } from '../../lists/use-held-list.ts';
import { FreshBar } from '../../ui/fresh-bar.tsx';
import { Empty, Loading } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { counted } from '../../words/counting.ts';
import { GroupTable } from './group-table.tsx';
import './failures.css';

const route = getRouteApi('/failures');

/** What exactly is stuck and why: failures by what they have in common, worst first. */
export function FailuresPage(): ReactElement {
  const filter = route.useSearch();
  const failures = useQuery(failuresQuery);
  const fitting = failures.data?.groups.filter((group) => groupFits(group, filter)).toSorted(worstFirst);
  const held = useHeldList(fitting, groupKey, JSON.stringify(filter));
  const total = failures.data?.groups.length ?? 0;
  return (
    <div className="page">
      <div className="page-head">
        <h1>Failures</h1>
        <p className="muted">
          {failures.data !== undefined && total > 0 && `${summary(failures.data.groups)} · `}
          <Link to="/parked">Find one failed event</Link>
        </p>
      </div>
      <Filters filter={filter} groups={failures.data?.groups ?? []} />
      <SilentServices silent={failures.data?.silent ?? []} pauses={failures.data?.pauses ?? []} />
      <FreshBar fresh={held.fresh} changed={held.changed} onShow={held.showLatest} />
      {failures.data === undefined && failures.error === null && <Loading what="the failures" />}
      {failures.error !== null && (
        <ProblemPanel
          what="The failures could not be loaded."
          error={failures.error}
          still={failures.data === undefined ? 'Events go on without the console.' : 'What is shown is from before.'}
          onRetry={() => void failures.refetch()}
        />
      )}
      {failures.data !== undefined && held.rows.length === 0 && (
        <div className="table-wrap">
          {total === 0 ? (
            <Empty title="Nothing fails">
              When a handler fails, its failures appear here, grouped by what they have in common.
            </Empty>
          ) : (
            <Empty title="No failure fits this filter">
              {counted(total, 'other group')} exist; take the filter away to see them.
            </Empty>
          )}
        </div>
      )}
      {held.rows.length > 0 && <GroupTable rows={held.rows} silent={failures.data?.silent ?? []} />}
    </div>
  );
}

/** A name of a group that stays the same from one answer to the next. */
function groupKey(group: GroupOfService): string {
  return `${group.service}/${group.consumer}/${group.fingerprint}`;
}

function worstFirst(a: GroupOfService, b: GroupOfService): number {
  return (
    b.blockedEntities - a.blockedEntities ||
    b.dead - a.dead ||
    b.entries - a.entries ||
    b.lastAt.localeCompare(a.lastAt)
  );
}

function summary(groups: readonly GroupOfService[]): string {
  const entries = groups.reduce((sum, group) => sum + group.entries, 0);
  const blocked = groups.reduce((sum, group) => sum + group.blockedEntities, 0);
  return `${counted(groups.length, 'kind')} of failure, ${counted(entries, 'entry', 'entries')}, ${counted(blocked, 'entity', 'entities')} blocked`;
}

interface FiltersProps {
  readonly filter: FailureFilter;
  readonly groups: readonly GroupOfService[];
}

function Filters({ filter, groups }: FiltersProps): ReactElement {
  const navigate = route.useNavigate();
  const { services } = useSession();
  const set = (part: FailureFilter) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true });
  const consumers = groups
    .filter((group) => filter.service === undefined || group.service === filter.service)
    .map((group) => group.consumer);
  const consumerNames = [
    ...new Set([...consumers, ...(filter.consumer === undefined ? [] : [filter.consumer])]),
  ].sort();
  return (
    <div className="filters" role="group" aria-label="Filter">
      <NativeSelect
        label="Service"
        value={filter.service ?? ''}
        data={[{ value: '', label: 'all' }, ...services]}
        onChange={(event) => set({ service: event.target.value, consumer: '' })}
      />
      <NativeSelect
        label="Consumer"
        value={filter.consumer ?? ''}
        data={[{ value: '', label: 'all' }, ...consumerNames]}
        onChange={(event) => set({ consumer: event.target.value })}
      />
      <NativeSelect
        label="State"
        value={filter.state ?? ''}
        data={[
          { value: '', label: 'all' },
          { value: 'dead', label: 'with dead entries' },
          { value: 'retrying', label: 'being retried' },
        ]}
        onChange={(event) => set({ state: event.target.value })}
      />
      <TextInput
        label="Text"
        placeholder="message or code"
        value={filter.q ?? ''}
        onChange={(event) => set({ q: event.target.value })}
      />
    </div>
  );
}
