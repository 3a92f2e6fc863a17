import type { ParkedEntry, ParkedSummary } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { CopyButton, IdLink } from '../../ui/ids.tsx';
import { Facts, Panel } from '../../ui/panels.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago } from '../../ui/times.tsx';
import { capital, eventName, nounOf } from '../../words/names.ts';
import { queueReason } from '../../words/states.ts';
import { missingBefore } from './queue-gaps.ts';

interface EntityColumnProps {
  readonly service: string;
  readonly entry: ParkedEntry;
}

/** The entity: what was applied, this event, and those that wait behind it. */
export function EntityColumn({ service, entry }: EntityColumnProps): ReactElement {
  const noun = nounOf(entry.aggregateType);
  if (entry.aggregateType === '') return <NoEntity entry={entry} />;
  return (
    <div className="entry-column entry-column-entity">
      <Panel title="The entity">
        <div className="stack">
          <Facts
            facts={[
              [
                capital(noun),
                <span key="id">
                  <IdLink id={entry.aggregateId} /> <CopyButton text={entry.aggregateId} what={`${noun} id`} />
                </span>,
              ],
              ['Consumer', entry.consumer],
            ]}
          />
          <ol className="queue" aria-label={`Queue of this ${noun} at ${entry.consumer}`}>
            <li className="queue-item">
              <span className="queue-version tabular">{entry.applied === 0 ? '–' : entry.applied}</span>
              <div>
                <StateBadge state="done" />
                <span className="sub">{entry.applied === 0 ? 'nothing of it was applied yet' : 'applied last'}</span>
              </div>
            </li>
            {entry.queue.map((one, index) => (
              <QueueItem
                key={one.id}
                service={service}
                one={one}
                isThis={one.id === entry.id}
                gap={missingBefore(index === 0 ? entry.applied : (entry.queue[index - 1]?.version ?? 0), one.version)}
              />
            ))}
          </ol>
          {entry.queue.length >= 50 && <p className="muted small">The first 50 are shown.</p>}
          <Link
            to="/flows/$service/$consumer"
            params={{ service, consumer: entry.consumer }}
            search={{ aggregateId: entry.aggregateId }}
          >
            Only this {noun} in the list
          </Link>
        </div>
      </Panel>
    </div>
  );
}

function NoEntity({ entry }: Pick<EntityColumnProps, 'entry'>): ReactElement {
  return (
    <div className="entry-column entry-column-entity">
      <Panel title="The entity">
        <div className="stack">
          <Facts facts={[['Consumer', entry.consumer]]} />
          <p className="muted">The record names no entity, so nothing waits behind it.</p>
        </div>
      </Panel>
    </div>
  );
}

interface QueueItemProps {
  readonly service: string;
  readonly one: ParkedSummary;
  readonly isThis: boolean;
  readonly gap: string | undefined;
}

function QueueItem({ service, one, isThis, gap }: QueueItemProps): ReactElement {
  return (
    <>
      {gap !== undefined && <li className="queue-gap">{gap}</li>}
      <li className={isThis ? 'queue-item queue-this' : 'queue-item'} aria-current={isThis ? 'true' : undefined}>
        <span className="queue-version tabular">{one.version}</span>
        <div>
          <StateBadge state={one.state} />{' '}
          {isThis ? (
            <strong>{eventName(one.type)}, this one</strong>
          ) : (
            <Link to="/parked/$service/$id" params={{ service, id: one.id }}>
              {eventName(one.type)}
            </Link>
          )}
          <span className="sub">
            {queueReason(one.reason)}, <Ago at={one.parkedAt} />
          </span>
        </div>
      </li>
    </>
  );
}
