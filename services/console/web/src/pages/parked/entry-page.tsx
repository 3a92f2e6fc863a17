import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { lazy, Suspense, type ReactElement } from 'react';
import { isSilence } from '../../api/known-failures.ts';
import { parkedEntryQuery } from '../../api/queries.ts';
import { failureHeadline } from '../../failures/failure-words.ts';
import { SilentServices } from '../../failures/silent-services.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Loading } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { Ago } from '../../ui/times.tsx';
import { counted } from '../../words/counting.ts';
import { capital, entityName, eventName, nounOf } from '../../words/names.ts';
import { queueReason } from '../../words/states.ts';
import { KnownEntry } from './known-entry.tsx';
import { EntryActions } from './entry-actions.tsx';
import { EntityColumn } from './entity-column.tsx';
import { EventColumn } from './event-column.tsx';
import { HappenedColumn } from './happened-column.tsx';
import { History } from './history.tsx';
import './entry.css';

const route = getRouteApi('/parked/$service/$id');
const EditPanel = lazy(async () => ({ default: (await import('./edit-panel.tsx')).EditPanel }));

const tabs = [
  ['event', 'The event'],
  ['happened', 'What happened'],
  ['entity', 'The entity'],
] as const;

/** One parked entry: the event, what happened to it, and the queue that it stands in. */
export function EntryPage(): ReactElement {
  const { service, id } = route.useParams();
  const { tab = 'event', unmask } = route.useSearch();
  const navigate = route.useNavigate();
  const {
    data: entry,
    error,
    refetch,
    dataUpdatedAt,
  } = useQuery({ ...parkedEntryQuery(service, id, unmask), refetchInterval: 10_000 });
  const show = (name: string) => void navigate({ search: (before) => ({ ...before, tab: name }), replace: true });
  if (entry === undefined) {
    return (
      <div className="page">
        <h1>Parked entry {id}</h1>
        {error === null ? (
          <Loading what="the entry" />
        ) : isSilence(error) ? (
          <KnownEntry service={service} id={id} error={error} onRetry={() => void refetch()} />
        ) : (
          <ProblemPanel
            what={`Entry ${id} of ${service} cannot be shown.`}
            error={error}
            still="It may have been handled since."
            onRetry={() => void refetch()}
          />
        )}
      </div>
    );
  }
  const entity = capital(entityName(entry));
  return (
    <div className="page">
      <div>
        <nav className="crumbs" aria-label="Where this is">
          <Link to="/failures">Failures</Link> /
          <Link to="/flows/$service/$consumer" params={{ service, consumer: entry.consumer }}>
            {entry.consumer}
          </Link>
          {entry.fingerprint !== undefined && (
            <>
              /{' '}
              <Link to="/failures/$service/$fingerprint" params={{ service, fingerprint: entry.fingerprint }}>
                this kind of failure
              </Link>
            </>
          )}
        </nav>
        <h1 title={entry.aggregateId}>{entry.type === '' ? entity : `${entity}: ${eventName(entry.type)}`}</h1>
        <p className="entry-line">
          <StateBadge state={entry.state} />
          <span>{entry.message === undefined ? capital(queueReason(entry.reason)) : failureHeadline(entry)}</span>
        </p>
        <p className="muted">
          {entry.type === '' ? 'Parked' : `Version ${entry.version}, parked`} <Ago at={entry.parkedAt} />
          {entry.behind > 0 &&
            `, ${counted(entry.behind, 'event')} of this ${nounOf(entry.aggregateType)} wait behind it`}
          {` · ${entry.assignee === undefined ? 'assigned to nobody' : `assigned to ${entry.assignee}`}`}
        </p>
      </div>
      {error !== null && !isSilence(error) && (
        <ProblemPanel what="It could not be asked for anew." error={error} still="What is shown is from before." />
      )}
      {isSilence(error) ? (
        <SilentServices silent={[{ service, asOf: new Date(dataUpdatedAt).toISOString() }]} />
      ) : (
        <EntryActions service={service} entry={entry} onEdit={() => show('edit')} />
      )}
      {tab === 'edit' && !isSilence(error) ? (
        <Suspense fallback={<Loading what="the form" />}>
          <EditPanel service={service} entry={entry} onClose={() => show('event')} />
        </Suspense>
      ) : (
        <>
          <div className="entry-tabs" role="group" aria-label="Parts of the entry">
            {tabs.map(([name, label]) => (
              <button key={name} type="button" aria-pressed={tab === name} onClick={() => show(name)}>
                {label}
              </button>
            ))}
          </div>
          <div className={`entry-columns entry-shows-${tab}`}>
            <EventColumn service={service} entry={entry} />
            <HappenedColumn entry={entry} />
            <EntityColumn service={service} entry={entry} />
          </div>
        </>
      )}
      <History service={service} entry={entry} />
    </div>
  );
}
