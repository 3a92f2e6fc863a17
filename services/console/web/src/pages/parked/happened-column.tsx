import type { ParkedEntry } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useSession } from '../../api/session.tsx';
import { CopyButton, IdLink } from '../../ui/ids.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Facts, Panel } from '../../ui/panels.tsx';
import { Ago, At } from '../../ui/times.tsx';
import { counted } from '../../words/counting.ts';
import { queueReason } from '../../words/states.ts';
import { capital } from '../../words/names.ts';

/** What happened to the event: each attempt, the error, and the ways to its trace. */
export function HappenedColumn({ entry }: { readonly entry: ParkedEntry }): ReactElement {
  return (
    <div className="entry-column entry-column-happened">
      <Panel title="What happened">
        <div className="stack">
          <Now entry={entry} />
          {entry.message !== undefined && <pre className="pre">{entry.message}</pre>}
          {entry.stack !== undefined && (
            <details>
              <summary>Where in the code</summary>
              {/* It scrolls by itself, so it can be focused. */}
              <pre className="pre" tabIndex={0} aria-label="Stack">
                {entry.stack}
              </pre>
            </details>
          )}
          <Attempts entry={entry} />
          <hr />
          <Ways entry={entry} />
        </div>
      </Panel>
    </div>
  );
}

function Now({ entry }: { readonly entry: ParkedEntry }): ReactElement {
  return (
    <div className="stack">
      <p>{capital(queueReason(entry.reason))}.</p>
      {entry.state === 'retrying' && entry.dueAt !== undefined && (
        <p>
          Next attempt <Ago at={entry.dueAt} />.
        </p>
      )}
      {entry.waitsFor !== undefined && <p>Waits for {entry.waitsFor}.</p>}
      {entry.call === 'interrupted' && (
        <p className="notice notice-retrying">
          <Icon name="alert" />
          <span>A call to the outside was interrupted: it may have had its effect. Look there before a redrive.</span>
        </p>
      )}
      {entry.redriven > 0 && <p>Redriven {counted(entry.redriven, 'time')} before, and here again.</p>}
    </div>
  );
}

function Attempts({ entry }: { readonly entry: ParkedEntry }): ReactElement {
  if (entry.attemptsMade.length === 0) return <p className="muted">No attempt has failed. Each would appear here.</p>;
  return (
    <div>
      <h3>{counted(entry.attemptsMade.length, 'failed attempt')}</h3>
      <ol className="attempts">
        {entry.attemptsMade.toReversed().map((attempt) => (
          <li key={`${attempt.at}${attempt.attempt}`}>
            <span className="attempt-number tabular">{attempt.attempt}</span>
            <div>
              <p>{attempt.message}</p>
              <p className="muted small">
                <At at={attempt.at} /> · {attempt.errorType} · <code>{attempt.errorCode}</code>
              </p>
            </div>
          </li>
        ))}
      </ol>
    </div>
  );
}

function Ways({ entry }: { readonly entry: ParkedEntry }): ReactElement {
  const { jaegerUrl } = useSession();
  return (
    <Facts
      facts={[
        [
          'Journey',
          <Link key="journey" to="/journey/$id" params={{ id: entry.correlationId ?? entry.eventId }}>
            see all that belongs to it
          </Link>,
        ],
        ...(entry.correlationId === undefined
          ? []
          : [['Correlation', <Whole key="correlation" id={entry.correlationId} what="correlation id" />] as const]),
        ...(entry.causationId === undefined
          ? []
          : [['Caused by', <Whole key="cause" id={entry.causationId} what="causation id" />] as const]),
        ...(entry.traceId === undefined
          ? []
          : [['Trace', <Trace key="trace" url={jaegerUrl} id={entry.traceId} />] as const]),
      ]}
    />
  );
}

function Whole({ id, what }: { readonly id: string; readonly what: string }): ReactElement {
  return (
    <>
      <IdLink id={id} /> <CopyButton text={id} what={what} />
    </>
  );
}

function Trace({ url, id }: { readonly url: string | undefined; readonly id: string }): ReactElement {
  if (url === undefined) return <Whole id={id} what="trace id" />;
  return (
    <>
      <a href={`${url}/trace/${encodeURIComponent(id)}`} target="_blank" rel="noreferrer">
        open in Jaeger <Icon name="outside" />
      </a>{' '}
      <CopyButton text={id} what="trace id" />
    </>
  );
}
