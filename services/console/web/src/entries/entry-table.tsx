import type { ParkedSummary } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { failureHeadline } from '../failures/failure-words.ts';
import type { HeldRow } from '../lists/held-list.ts';
import { StateBadge } from '../ui/state-badge.tsx';
import { Ago } from '../ui/times.tsx';
import { counted, grouped } from '../words/counting.ts';
import { capital, entityName, eventName } from '../words/names.ts';
import { queueReason } from '../words/states.ts';

interface EntryTableProps {
  readonly service: string;
  readonly rows: readonly HeldRow<ParkedSummary>[];
  readonly picked: ReadonlySet<string>;
  readonly onPick: (picked: ReadonlySet<string>) => void;
  /** Whether each row says why it is there, or the page has said it of all. */
  readonly why: 'of-each' | 'said';
}

/** Parked entries, each a row with a box to pick it by. */
export function EntryTable({ service, rows, picked, onPick, why }: EntryTableProps): ReactElement {
  const all = rows.every(({ item }) => picked.has(item.id));
  return (
    <div className="table-wrap">
      <table className="table table-cards">
        <thead>
          <tr>
            <th scope="col">
              <input
                type="checkbox"
                aria-label="Pick all that are shown"
                checked={all}
                onChange={() => onPick(all ? new Set() : new Set(rows.map(({ item }) => item.id)))}
              />
            </th>
            <th scope="col">Entity and event</th>
            <th scope="col">State</th>
            {why === 'of-each' && <th scope="col">Why</th>}
            <th scope="col" className="number">
              Attempts
            </th>
            <th scope="col" className="number">
              Behind it
            </th>
            <th scope="col">Parked</th>
            <th scope="col">Assigned to</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, gone }) => (
            <EntryRow
              key={item.id}
              service={service}
              entry={item}
              gone={gone}
              isPicked={picked.has(item.id)}
              onToggle={() => onPick(toggled(picked, item.id))}
              why={why}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface EntryRowProps {
  readonly service: string;
  readonly entry: ParkedSummary;
  readonly gone: boolean;
  readonly isPicked: boolean;
  readonly onToggle: () => void;
  readonly why: 'of-each' | 'said';
}

function EntryRow({ service, entry, gone, isPicked, onToggle, why }: EntryRowProps): ReactElement {
  const entity = capital(entityName(entry));
  return (
    <tr data-row className={gone ? 'gone' : ''}>
      <td className="wide pick">
        <input
          type="checkbox"
          aria-label={`Pick ${entity}, ${entry.type === '' ? entry.eventId : `version ${entry.version}`}`}
          checked={isPicked}
          disabled={gone}
          onChange={onToggle}
        />
      </td>
      <td className="wide">
        <Link
          to="/parked/$service/$id"
          params={{ service, id: entry.id }}
          className="row-title"
          title={entry.aggregateId}
          data-row-link
        >
          {entity}
        </Link>
        <span className="sub">
          {entry.type === '' ? `at ${entry.eventId}` : `${eventName(entry.type)}, version ${entry.version}`}
        </span>
      </td>
      <td data-label="State">
        <StateBadge state={gone ? 'done' : entry.state} />
        <span className="sub">{gone ? 'not parked any more' : redrivenWords(entry)}</span>
      </td>
      {why === 'of-each' && (
        <td className="wide failure-text" data-label="Why">
          {entry.message === undefined ? queueReason(entry.reason) : failureHeadline(entry)}
        </td>
      )}
      <td className="number" data-label="Attempts">
        {grouped(entry.attempts)}
      </td>
      <td className="number" data-label="Behind it">
        {entry.behind === 0 ? <span className="muted">none</span> : counted(entry.behind, 'event')}
      </td>
      <td className="nowrap" data-label="Parked">
        <Ago at={entry.parkedAt} />
      </td>
      <td data-label="Assigned to">{entry.assignee ?? <span className="muted">nobody</span>}</td>
    </tr>
  );
}

/** An entry that was redriven and is here again has failed again, and says so. */
function redrivenWords(entry: ParkedSummary): string {
  if (entry.redriven === 0 || entry.state !== 'dead') return '';
  return entry.redriven === 1 ? 'failed again after a redrive' : `failed again after ${entry.redriven} redrives`;
}

function toggled(picked: ReadonlySet<string>, id: string): ReadonlySet<string> {
  const next = new Set(picked);
  if (!next.delete(id)) next.add(id);
  return next;
}
