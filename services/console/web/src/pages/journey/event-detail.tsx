import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useSession } from '../../api/session.tsx';
import type { CauseNode, JourneyStep } from '../../journey/causes.ts';
import { parkedWhy } from '../../journey/parked-why.ts';
import { skipWords } from '../../journey/skip-words.ts';
import { CopyButton, IdLink } from '../../ui/ids.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Facts } from '../../ui/panels.tsx';
import { EventBody } from './event-body.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago, At } from '../../ui/times.tsx';
import { durationWords } from '../../words/durations.ts';
import { counted } from '../../words/counting.ts';
import { capital, eventName, nounOf } from '../../words/names.ts';

interface EventDetailProps {
  readonly node: CauseNode;
  readonly onClose: () => void;
}

/** An event of the graph, and what each consumer did with it. */
export function EventDetail({ node, onClose }: EventDetailProps): ReactElement {
  return (
    <section className="event-detail" aria-labelledby="event-detail">
      <div className="panel-head">
        <h3 id="event-detail">{eventName(node.type)}</h3>
        <button type="button" className="quiet-button" aria-label="Close the event" onClick={onClose}>
          <Icon name="close" />
        </button>
      </div>
      <Facts
        facts={[
          ['Contract', <code key="type">{node.type}</code>],
          [capital(nounOf(node.aggregateType)), <Id key="entity" id={node.aggregateId} what="entity id" />],
          ['Version', node.version],
          ['Event', <Id key="event" id={node.eventId} what="event id" />],
          [
            'Published',
            node.publishedAt === undefined ? (
              'by none of the services that answered'
            ) : (
              <At key="at" at={node.publishedAt} />
            ),
          ],
          ...(node.publisher === undefined ? [] : [['By', node.publisher] as const]),
          ...(node.traceId === undefined
            ? []
            : [['Trace', <JaegerLink key="trace" traceId={node.traceId} />] as const]),
        ]}
      />
      <h3 className="event-detail-sub">What it says</h3>
      <EventBody key={node.eventId} eventId={node.eventId} />
      <h3 className="event-detail-sub">What its consumers did</h3>
      {node.deliveries.length === 0 ? (
        <p className="muted">No consumer has told of it. Those that handle it appear here.</p>
      ) : (
        <ul className="plain-list">
          {node.deliveries.map((step) => (
            <li key={`${step.service}${step.consumer}${step.kind}${step.at}`}>
              <Delivery step={step} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Delivery({ step }: { readonly step: JourneyStep }): ReactElement {
  const who = <strong>{step.consumer ?? step.service}</strong>;
  switch (step.kind) {
    case 'handled':
      return (
        <>
          <StateBadge state="done" /> {who} handled it <Ago at={step.endedAt ?? step.at} />
          {step.workMs !== undefined && `, in ${durationWords(step.workMs)}`}
          {(step.attempts ?? 1) > 1 && `, at attempt ${step.attempts}`}
        </>
      );
    case 'parked':
      return (
        <>
          <StateBadge state={parkedWhy(step.why).state} /> {who} parked it <Ago at={step.at} />:{' '}
          {parkedWhy(step.why).words}
          {(step.attempts ?? 0) > 0 && `, after ${counted(step.attempts ?? 0, 'attempt')}`}
          {step.parkedId !== undefined && (
            <>
              {' · '}
              <Link to="/parked/$service/$id" params={{ service: step.service, id: step.parkedId }}>
                put it right
              </Link>
            </>
          )}
        </>
      );
    case 'skipped':
      return (
        <span className="muted">
          {who} skipped it: {skipWords(step.why)}, <Ago at={step.at} />
        </span>
      );
    case 'published':
      return <>{who} published it</>;
  }
}

/** The way to a trace in Jaeger, or its id where there is no Jaeger. */
export function JaegerLink({ traceId }: { readonly traceId: string }): ReactElement {
  const { jaegerUrl } = useSession();
  if (jaegerUrl === undefined) return <Id id={traceId} what="trace id" />;
  return (
    <a
      href={`${jaegerUrl}/trace/${encodeURIComponent(traceId)}`}
      target="_blank"
      rel="noreferrer"
      aria-label={`Trace ${traceId} in Jaeger`}
    >
      Jaeger <Icon name="outside" />
    </a>
  );
}

function Id({ id, what }: { readonly id: string; readonly what: string }): ReactElement {
  return (
    <>
      <IdLink id={id} /> <CopyButton text={id} what={what} />
    </>
  );
}
