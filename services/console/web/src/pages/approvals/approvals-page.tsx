import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { approvalsQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.tsx';
import { useHeldList } from '../../lists/use-held-list.ts';
import { FreshBar } from '../../ui/fresh-bar.tsx';
import { Empty, Loading } from '../../ui/panels.tsx';
import { ProblemPanel, Unreachable } from '../../ui/problems.tsx';
import { ApprovalCard } from './approval-card.tsx';
import './approvals.css';

const route = getRouteApi('/approvals');

/** What needs a second person: those that the reader can decide first, then his own. */
export function ApprovalsPage(): ReactElement {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const { user } = useSession();
  const state = filter.state === 'all' ? 'all' : 'waiting';
  const approvals = useQuery(approvalsQuery(state));
  const ordered = approvals.data?.approvals.toSorted(
    (a, b) => Number(a.actor === user.id) - Number(b.actor === user.id) || b.askedAt.localeCompare(a.askedAt),
  );
  const held = useHeldList(ordered, (approval) => approval.id, state);
  return (
    <div className="page">
      <h1>Approvals</h1>
      <p className="muted">
        Edits, masked values, large jobs and skips in critical flows are done once a second person agrees.
      </p>
      <div className="filters">
        <NativeSelect
          label="Show"
          value={state}
          data={[
            { value: 'waiting', label: 'what waits' },
            { value: 'all', label: 'decided ones too' },
          ]}
          onChange={(event) => void navigate({ search: { state: event.target.value }, replace: true })}
        />
      </div>
      <Unreachable services={approvals.data?.unreachable ?? []} what="approvals" />
      <FreshBar fresh={held.fresh} changed={held.changed} onShow={held.showLatest} />
      {approvals.data === undefined && approvals.error === null && <Loading what="the approvals" />}
      {approvals.error !== null && (
        <ProblemPanel
          what="The approvals could not be loaded."
          error={approvals.error}
          still="Nothing is done without one."
          onRetry={() => void approvals.refetch()}
        />
      )}
      {approvals.data !== undefined && held.rows.length === 0 && (
        <div className="table-wrap">
          <Empty title="Nobody waits">
            When somebody asks for what needs a second person, it appears here with its reason and what it changes.
          </Empty>
        </div>
      )}
      {held.rows.map(({ item, gone }) => (
        <ApprovalCard key={item.id} approval={item} gone={gone} />
      ))}
    </div>
  );
}
