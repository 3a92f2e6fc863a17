import type { AuditEntryView, ParkedEntry } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { DiffView } from '../../entries/diff-view.tsx';
import { Panel } from '../../ui/panels.tsx';
import { At } from '../../ui/times.tsx';
import { deed } from '../../words/deeds.ts';

interface HistoryProps {
  readonly service: string;
  readonly entry: ParkedEntry;
}

/** What people did with the entry, newest first, with what each edit changed. */
export function History({ service, entry }: HistoryProps): ReactElement {
  const items = [
    ...entry.history.map((audit) => ({
      at: audit.at,
      key: `audit-${audit.seq}`,
      node: (<AuditItem service={service} audit={audit} />) as ReactNode,
    })),
    ...entry.edits.map((edit) => ({
      at: edit.at,
      key: `edit-${edit.at}`,
      node: (
        <div className="stack">
          <p>
            <strong>{edit.actor}</strong>: the event was edited. The original is kept.
          </p>
          <DiffView before={edit.before} after={edit.after} label={`What ${edit.actor} changed`} />
        </div>
      ) as ReactNode,
    })),
  ].toSorted((a, b) => b.at.localeCompare(a.at));
  return (
    <Panel title="What people did with it">
      {items.length === 0 ? (
        <p className="muted">
          Nobody did anything yet. Notes, redrives, edits and skips appear here, with who and why.
        </p>
      ) : (
        <ol className="history">
          {items.map(({ key, at, node }) => (
            <li key={key}>
              <span className="muted small">
                <At at={at} />
              </span>
              {node}
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}

function AuditItem({ service, audit }: { readonly service: string; readonly audit: AuditEntryView }): ReactElement {
  return (
    <div>
      <p>
        <strong>{audit.actor}</strong>: {deed(audit.action)}
        {audit.approvedBy === undefined ? '' : `, approved by ${audit.approvedBy}`} · {audit.result} ·{' '}
        <Link to="/audit" search={{ service, target: audit.target }}>
          entry {audit.seq}
        </Link>
      </p>
      {audit.reason !== undefined && <p className="quote">{audit.reason}</p>}
    </div>
  );
}
