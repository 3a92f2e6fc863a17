import type { ParkedEntry } from '@waybill/service/operations';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { serviceApprovalsQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.tsx';
import { EventData } from '../../entries/event-data.tsx';
import { CopyButton, IdLink } from '../../ui/ids.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/now.ts';
import { Facts, Panel } from '../../ui/panels.tsx';
import { counted } from '../../words/counting.ts';

/** How long masked values may be seen once an approver agreed. */
const sightMs = 15 * 60_000;

interface ColumnProps {
  readonly service: string;
  readonly entry: ParkedEntry;
}

/** The event: what it says and where it came from. */
export function EventColumn({ service, entry }: ColumnProps): ReactElement {
  return (
    <div className="entry-column entry-column-event">
      <Panel title="The event">
        <div className="stack">
          <EventData entry={entry} />
          {entry.masked.length > 0 && <Masked service={service} entry={entry} />}
          <hr />
          <Facts
            facts={[
              ...(entry.type === '' ? [] : [['Contract', <code key="type">{entry.type}</code>] as const]),
              ['Event', <WholeId key="event" id={entry.eventId} what="event id" />],
              ...(entry.tenant === '' ? [] : [['Tenant', entry.tenant] as const]),
              ['Read from', place(entry)],
            ]}
          />
          <details>
            <summary>{counted(Object.keys(entry.headers).length, 'header')}</summary>
            <dl className="headers">
              {Object.entries(entry.headers).map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        </div>
      </Panel>
    </div>
  );
}

/** Who can see what is masked, and the way to it once an approver has agreed. */
function Masked({ service, entry }: ColumnProps): ReactElement {
  const { user } = useSession();
  const { data } = useQuery(serviceApprovalsQuery(service));
  const now = useNow();
  const granted = data?.approvals.find(
    ({ operation, state, actor, target, decidedAt }) =>
      operation === 'unmask' &&
      state === 'approved' &&
      actor === user.id &&
      target === `parked/${entry.id}` &&
      now - Date.parse(decidedAt ?? '') < sightMs,
  );
  return (
    <p className="notice">
      <Icon name="lock" />
      <span>
        {counted(entry.masked.length, 'personal field')} masked.{' '}
        {granted === undefined ? (
          'An operator can ask to see them; an approver must agree.'
        ) : (
          <Link to="/parked/$service/$id" params={{ service, id: entry.id }} search={{ unmask: granted.id }}>
            {granted.decidedBy} agreed: show them
          </Link>
        )}
      </span>
    </p>
  );
}

function WholeId({ id, what }: { readonly id: string; readonly what: string }): ReactElement {
  return (
    <>
      <IdLink id={id} /> <CopyButton text={id} what={what} />
    </>
  );
}

function place(entry: ParkedEntry): string {
  if (entry.partition === undefined) return entry.topic;
  return `${entry.topic}, partition ${entry.partition}, offset ${entry.offset ?? 'unknown'}`;
}
