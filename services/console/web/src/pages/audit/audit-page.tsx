import { Button, NativeSelect, TextInput } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useState, type FormEvent, type ReactElement } from 'react';
import { auditQuery } from '../../api/queries.ts';
import { useSession, useWhyNot } from '../../api/session.tsx';
import type { AuditFilter } from '../../lists/filters.ts';
import { Empty, Loading } from '../../ui/panels.tsx';
import { ProblemPanel, Unreachable } from '../../ui/problems.tsx';
import { Icon } from '../../ui/icon.tsx';
import { deeds } from '../../words/deeds.ts';
import { targetMeant } from '../../words/audit-target.ts';
import { AuditTable } from './audit-table.tsx';
import { Chains } from './chains.tsx';
import './audit.css';

const route = getRouteApi('/audit');
const step = 100;
const mostEntries = 1_000;

/** Who did what, to what, why, and who agreed; and whether the trail is whole. */
export function AuditPage(): ReactElement {
  const filter = route.useSearch();
  const whyNot = useWhyNot('audit');
  const [limit, setLimit] = useState(step);
  const audit = useQuery({
    ...auditQuery({ ...filter, limit: String(limit) }),
    enabled: whyNot === undefined,
    placeholderData: keepPreviousData,
  });
  const entries = audit.data?.entries ?? [];
  return (
    <div className="page">
      <h1>Audit</h1>
      {whyNot !== undefined && (
        <p className="notice">
          <Icon name="lock" />
          <span>{whyNot} What was done with one entry is shown on its own page.</span>
        </p>
      )}
      <Chains isAllowed={whyNot === undefined} />
      <Filters key={JSON.stringify(filter)} filter={filter} />
      {whyNot === undefined && (
        <>
          <Unreachable services={audit.data?.unreachable ?? []} what="entries" />
          {audit.data === undefined && audit.error === null && <Loading what="the audit trail" />}
          {audit.error !== null && (
            <ProblemPanel
              what="The audit trail could not be loaded."
              error={audit.error}
              still="It is written all the same: no action is done without its entry."
              onRetry={() => void audit.refetch()}
            />
          )}
          {audit.data !== undefined && entries.length === 0 && (
            <div className="table-wrap">
              <Empty title="No entry fits">
                Each action of a person, and each that was refused, appears here for good.
              </Empty>
            </div>
          )}
          {entries.length > 0 && <AuditTable entries={entries} />}
          {entries.length >= limit && limit < mostEntries && (
            <Button variant="default" onClick={() => setLimit(limit + step)}>
              Show {step} more
            </Button>
          )}
          {limit >= mostEntries && (
            <p className="muted">A page shows 1,000 entries. Narrow the filter, or export the trail.</p>
          )}
        </>
      )}
    </div>
  );
}

function Filters({ filter }: { readonly filter: AuditFilter }): ReactElement {
  const navigate = route.useNavigate();
  const { services } = useSession();
  const [actor, setActor] = useState(filter.actor ?? '');
  const [action, setAction] = useState(filter.action ?? '');
  const [target, setTarget] = useState(filter.target ?? '');
  const [service, setService] = useState(filter.service ?? '');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void navigate({ search: { service, actor, action, target: targetMeant(target) }, replace: true });
  };
  return (
    <form className="filters" onSubmit={submit} aria-label="Filter of the audit trail">
      <NativeSelect
        label="Service"
        value={service}
        data={[{ value: '', label: 'all' }, ...services]}
        onChange={(event) => setService(event.target.value)}
      />
      <TextInput
        label="Who"
        placeholder="ada@example.com"
        value={actor}
        onChange={(event) => setActor(event.target.value)}
      />
      <NativeSelect
        label="Action"
        value={action}
        data={[{ value: '', label: 'all' }, ...Object.entries(deeds).map(([value, label]) => ({ value, label }))]}
        onChange={(event) => setAction(event.target.value)}
      />
      <TextInput
        label="On what"
        placeholder="parked/17, job/…"
        value={target}
        onChange={(event) => setTarget(event.target.value)}
      />
      <Button type="submit" variant="default">
        Filter
      </Button>
    </form>
  );
}
