import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { GroupOfService } from '../../api/bodies.ts';
import type { SilentService } from '../../api/known-bodies.ts';
import { silenceWords } from '../../failures/silent-services.tsx';
import { failureHeadline, failurePlace, trendHint, trendOf } from '../../failures/failure-words.ts';
import type { HeldRow } from '../../lists/held-list.ts';
import { HourStrip } from '../../ui/hour-strip.tsx';
import { Icon } from '../../ui/icon.tsx';
import { Ago } from '../../ui/times.tsx';
import { counted, grouped } from '../../words/counting.ts';

interface GroupTableProps {
  readonly rows: readonly HeldRow<GroupOfService>[];
  /** Services that do not answer. */
  readonly silent: readonly SilentService[];
}

/** Groups of failures, each a row. */
export function GroupTable({ rows, silent }: GroupTableProps): ReactElement {
  return (
    <div className="table-wrap">
      <table className="table table-cards">
        <thead>
          <tr>
            <th scope="col">What fails</th>
            <th scope="col" className="number">
              Entries
            </th>
            <th scope="col" className="number">
              Blocked
            </th>
            <th scope="col">Failed attempts, 24 h</th>
            <th scope="col">Last seen</th>
            <th scope="col">First seen</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, gone }) => (
            <GroupRow
              key={`${item.service}/${item.consumer}/${item.fingerprint}`}
              group={item}
              gone={gone}
              silence={silent.find(({ service }) => service === item.service)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface GroupRowProps {
  readonly group: GroupOfService;
  readonly gone: boolean;
  readonly silence: SilentService | undefined;
}

function GroupRow({ group, gone, silence }: GroupRowProps): ReactElement {
  const params = { service: group.service, fingerprint: group.fingerprint };
  const trend = trendOf(group.hours);
  return (
    <tr data-row className={gone ? 'gone' : ''}>
      <td className="wide failure-cell">
        <Link to="/failures/$service/$fingerprint" params={params} className="row-title" data-row-link>
          {failureHeadline(group)}
        </Link>
        <span className="sub">
          {failurePlace(group)} · {group.service} · <code>{group.errorCode}</code>
          {gone ? ' · gone since' : ''}
        </span>
        {silence !== undefined && (
          <span className="sub" title={silenceWords(silence)}>
            <Icon name="alert" /> {group.service} does not answer; actions wait until it does
          </span>
        )}
      </td>
      <td className="number" data-label="Entries">
        <Link to="/failures/$service/$fingerprint" params={params} className="count">
          {grouped(group.entries)}
        </Link>
        <span className="sub">
          {group.dead > 0 && (
            <Link
              to="/failures/$service/$fingerprint"
              params={params}
              search={{ state: 'dead' }}
              className="count-dead nowrap"
            >
              {grouped(group.dead)} dead
            </Link>
          )}{' '}
          {group.retrying > 0 && (
            <Link
              to="/failures/$service/$fingerprint"
              params={params}
              search={{ state: 'retrying' }}
              className="count-retrying nowrap"
            >
              {grouped(group.retrying)} retrying
            </Link>
          )}
        </span>
      </td>
      <td className="number" data-label="Blocked">
        {group.blockedEntities === 0 ? (
          <span className="muted">none</span>
        ) : (
          <Link to="/failures/$service/$fingerprint" params={params} search={{ state: 'dead' }} className="hurt nowrap">
            {counted(group.blockedEntities, 'entity', 'entities')}
          </Link>
        )}
        {group.blockedEvents > 0 && (
          <span className="sub">
            <Link
              to="/flows/$service/$consumer"
              params={{ service: group.service, consumer: group.consumer }}
              search={{ state: 'waiting' }}
            >
              {counted(group.blockedEvents, 'event')} behind
            </Link>
          </span>
        )}
      </td>
      <td data-label="Failed attempts, 24 h">
        <HourStrip hours={group.hours} />
        <span className="sub trend" title={trendHint[trend]}>
          <Icon name={trend} /> {trend}
        </span>
      </td>
      <td data-label="Last seen" className="nowrap">
        <Ago at={group.lastAt} />
      </td>
      <td data-label="First seen" className="nowrap">
        <Ago at={group.firstAt} />
      </td>
    </tr>
  );
}
