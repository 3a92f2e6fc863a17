import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { KnownFailure } from '../../api/known-bodies.ts';
import { knownFailuresQuery } from '../../api/known-failures.ts';
import { failureHeadline } from '../../failures/failure-words.ts';
import { knownStateWords } from '../../failures/known-words.ts';
import { SilentServices } from '../../failures/silent-services.tsx';
import { CopyButton, IdLink } from '../../ui/ids.tsx';
import { Facts, Loading, Panel } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { At } from '../../ui/times.tsx';
import { capital, entityName, eventName } from '../../words/names.ts';

interface KnownEntryProps {
  readonly service: string;
  readonly id: string;
  /** Why the service itself did not show it. */
  readonly error: unknown;
  readonly onRetry: () => void;
}

/** A parked entry of a service that does not answer: what is known of it without that service. Nothing can be done with it. */
export function KnownEntry({ service, id, error, onRetry }: KnownEntryProps): ReactElement {
  const known = useQuery(knownFailuresQuery({ service, parkedId: id, state: 'all', limit: '1' }));
  const [entry] = known.data?.entries ?? [];
  const silent = known.data?.silent.filter((one) => one.service === service) ?? [];
  if (known.data === undefined && known.error === null) return <Loading what="what is known of the entry" />;
  if (entry === undefined) {
    return (
      <ProblemPanel
        what={`Entry ${id} of ${service} cannot be shown.`}
        error={error}
        still="Nothing is known of it without its service: it may wait for another event, and not have failed."
        onRetry={onRetry}
      />
    );
  }
  return (
    <>
      <SilentServices silent={silent.length > 0 ? silent : [{ service, asOf: entry.changedAt }]} />
      <p className="entry-line">
        <StateBadge state={knownStateWords[entry.state].state} />
        <span>
          {entry.message === undefined ? capital(knownStateWords[entry.state].detail) : failureHeadline(entry)}
        </span>
      </p>
      <Panel title={entry.type === '' ? 'The record' : `${capital(entityName(entry))}: ${eventName(entry.type)}`}>
        <div className="stack">
          {entry.message !== undefined && <pre className="pre">{entry.message}</pre>}
          <Facts facts={factsOf(entry)} />
          <p className="muted">
            Its body is shown by its service alone.{' '}
            <Link to="/journey/$id" params={{ id: entry.eventId }}>
              See the journey that it belongs to
            </Link>
            .
          </p>
        </div>
      </Panel>
    </>
  );
}

function factsOf(entry: KnownFailure): readonly (readonly [string, ReactElement | string | number])[] {
  const { topic, partition, offset } = entry;
  return [
    ['Consumer', entry.consumer],
    ...(entry.errorCode === undefined ? [] : [['Error', <code key="code">{entry.errorCode}</code>] as const]),
    ...(entry.type === '' ? [] : [['Contract', <code key="type">{entry.type}</code>] as const]),
    [
      'Event',
      <span key="event">
        <IdLink id={entry.eventId} /> <CopyButton text={entry.eventId} what="event id" />
      </span>,
    ],
    ['Attempts', entry.attempts],
    ['First failed', <At key="first" at={entry.firstAt} />],
    ['Last failed', <At key="last" at={entry.lastAt} />],
    ...(entry.occurredAt === undefined ? [] : [['Happened', <At key="at" at={entry.occurredAt} />] as const]),
    ...(topic === undefined
      ? []
      : [['Read from', `${topic}, partition ${partition}, offset ${offset ?? 'unknown'}`] as const]),
  ];
}
