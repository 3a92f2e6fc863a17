import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { KnownFailure } from '../api/known-bodies.ts';
import type { HeldRow } from '../lists/held-list.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import { Ago } from '../ui/times.tsx';
import { grouped } from '../words/counting.ts';
import { capital, entityName, eventName } from '../words/names.ts';
import { failureHeadline } from './failure-words.ts';
import { knownStateWords } from './known-words.ts';

/** Failed events of all services, each a row, as the console knows them. */
export function KnownTable({ rows }: { readonly rows: readonly HeldRow<KnownFailure>[] }): ReactElement {
  return (
    <div className="table-wrap">
      <table className="table table-cards">
        <thead>
          <tr>
            <th scope="col">Entity and event</th>
            <th scope="col">State</th>
            <th scope="col">Why</th>
            <th scope="col">Where</th>
            <th scope="col" className="number">
              Attempts
            </th>
            <th scope="col">Last failed</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, gone }) => (
            <tr key={item.id} data-row className={gone ? 'gone' : ''}>
              <td className="wide">
                <EntryLink entry={item} />
                <span className="sub">
                  {item.type === '' ? `at ${item.eventId}` : `${eventName(item.type)}, version ${item.version}`}
                </span>
              </td>
              <td data-label="State">
                <StateBadge state={knownStateWords[item.state].state} />
                <span className="sub">{knownStateWords[item.state].detail}</span>
              </td>
              <td className="wide failure-text" data-label="Why">
                {item.fingerprint === undefined ? (
                  <span className="muted">not told</span>
                ) : (
                  <Link
                    to="/failures/$service/$fingerprint"
                    params={{ service: item.service, fingerprint: item.fingerprint }}
                  >
                    {failureHeadline(item)}
                  </Link>
                )}
              </td>
              <td data-label="Where">
                {item.consumer}
                <span className="sub">{item.service}</span>
              </td>
              <td className="number" data-label="Attempts">
                {grouped(item.attempts)}
              </td>
              <td className="nowrap" data-label="Last failed">
                <Ago at={item.lastAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** To the entry's page; of what is done with, or has no number yet, to what became of the event. */
function EntryLink({ entry }: { readonly entry: KnownFailure }): ReactElement {
  const name = capital(entityName(entry));
  const isOpen = knownStateWords[entry.state].state !== 'done';
  if (isOpen && entry.parkedId !== undefined) {
    return (
      <Link
        to="/parked/$service/$id"
        params={{ service: entry.service, id: entry.parkedId }}
        className="row-title"
        title={entry.aggregateId}
        data-row-link
      >
        {name}
      </Link>
    );
  }
  return (
    <Link
      to="/journey/$id"
      params={{ id: entry.eventId }}
      className="row-title"
      title={entry.aggregateId}
      data-row-link
    >
      {name}
    </Link>
  );
}
