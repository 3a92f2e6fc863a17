import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import type { ApprovalOfService } from '../../api/bodies.ts';
import { parkedEntryQuery } from '../../api/queries.ts';
import { DiffView } from '../../entries/diff-view.tsx';
import { Facts } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { fieldLabel } from '../../words/names.ts';
import { editOf, parkedIdOf } from './request-parts.ts';

/** What was asked for: of an edit its diff, of anything else its parts by their names. */
export function RequestView({ approval }: { readonly approval: ApprovalOfService }): ReactElement {
  const parkedId = parkedIdOf(approval);
  const edit = editOf(approval);
  const facts = Object.entries(approval.request).filter(
    ([name]) => !['data', 'before', 'after', 'reason'].includes(name),
  );
  return (
    <div className="stack">
      <Facts
        facts={[
          [
            'Of',
            parkedId === undefined ? approval.target : <ParkedLink key="of" service={approval.service} id={parkedId} />,
          ],
          ...facts.map(([name, value]) => [fieldLabel(name), <Value key={name} value={value} />] as const),
        ]}
      />
      {edit?.kind === 'both' && <DiffView before={edit.before} after={edit.after} label="What the edit changes" />}
      {edit?.kind === 'after' && parkedId !== undefined && (
        <DiffToNow service={approval.service} id={parkedId} after={edit.after} />
      )}
    </div>
  );
}

function ParkedLink({ service, id }: { readonly service: string; readonly id: string }): ReactElement {
  return (
    <Link to="/parked/$service/$id" params={{ service, id }} data-row-link>
      parked entry {id}
    </Link>
  );
}

/** The diff against what the entry holds now. */
function DiffToNow({
  service,
  id,
  after,
}: {
  readonly service: string;
  readonly id: string;
  readonly after: unknown;
}): ReactElement {
  const { data, error } = useQuery(parkedEntryQuery(service, id));
  if (error !== null)
    return <ProblemPanel what="The entry as it is could not be loaded, so the diff cannot be shown." error={error} />;
  if (data === undefined) return <p className="muted">Loading the diff…</p>;
  return <DiffView before={data.data} after={after} label="What the edit changes" />;
}

function Value({ value }: { readonly value: unknown }): ReactNode {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return 'nothing';
  return Object.entries(value)
    .map(([name, part]: [string, unknown]) => `${name} ${typeof part === 'string' ? part : JSON.stringify(part)}`)
    .join(', ');
}
