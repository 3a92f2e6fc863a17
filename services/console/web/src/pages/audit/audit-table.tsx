import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { AuditOfService } from '../../api/bodies.ts';
import { DiffView } from '../../entries/diff-view.tsx';
import { TargetView } from '../../ui/target-view.tsx';
import { Ago } from '../../ui/times.tsx';
import { deed } from '../../words/deeds.ts';

/** Entries of the audit trail, newest first. */
export function AuditTable({ entries }: { readonly entries: readonly AuditOfService[] }): ReactElement {
  return (
    <div className="table-wrap">
      <table className="table table-cards">
        <thead>
          <tr>
            <th scope="col">When</th>
            <th scope="col">Who</th>
            <th scope="col">What</th>
            <th scope="col">On what</th>
            <th scope="col">Why</th>
            <th scope="col">Result</th>
            <th scope="col" className="number">
              Entry
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry) => (
            <Row key={`${entry.service}/${entry.seq}`} entry={entry} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ entry }: { readonly entry: AuditOfService }): ReactElement {
  return (
    <tr data-row>
      <td className="nowrap" data-label="When">
        <Ago at={entry.at} />
      </td>
      <td data-label="Who" className="audit-who">
        <Link to="/audit" search={{ actor: entry.actor }} data-row-link>
          {entry.actor}
        </Link>
        {entry.approvedBy !== undefined && <span className="sub">approved by {entry.approvedBy}</span>}
      </td>
      <td data-label="What">
        {deed(entry.action)}
        <span className="sub">
          {entry.service} · <code>{entry.action}</code>
        </span>
      </td>
      <td data-label="On what" className="audit-target">
        <TargetView service={entry.service} target={entry.target} />
      </td>
      <td data-label="Why" className="wide audit-why">
        {entry.reason ?? <span className="muted">no reason given</span>}
        <details>
          <summary>Details</summary>
          {entry.diff !== undefined && (
            <DiffView before={entry.diff.before} after={entry.diff.after} label="What the edit changed" />
          )}
          <pre className="pre">{JSON.stringify(entry.details, undefined, 2)}</pre>
          <p className="small muted hash">
            hash <code>{entry.hash}</code>
            <br />
            of the one before <code>{entry.previous}</code>
          </p>
        </details>
      </td>
      <td data-label="Result">{entry.result}</td>
      <td className="number" data-label="Entry">
        {entry.seq}
      </td>
    </tr>
  );
}
