import type { StartJob } from '@waybill/service/operations';
import { useQuery } from '@tanstack/react-query';
import type { ReactElement, ReactNode } from 'react';
import type { ApprovalOfService } from '../../api/bodies.ts';
import { parkedEntryQuery } from '../../api/queries.ts';
import { DiffView } from '../../entries/diff-view.tsx';
import { paceWords } from '../../jobs/bulk-summary.ts';
import { Facts } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { TargetView } from '../../ui/target-view.tsx';
import { fieldLabel } from '../../words/names.ts';
import { editOf, parkedIdOf } from './request-parts.ts';

/** What was asked for: of an edit its diff, of anything else its parts by their names. */
export function RequestView({ approval }: { readonly approval: ApprovalOfService }): ReactElement {
  const parkedId = parkedIdOf(approval);
  const edit = editOf(approval);
  const facts = Object.entries(approval.request).filter(
    ([name]) => !['data', 'before', 'after', 'reason', 'operation', 'id', 'job'].includes(name),
  );
  return (
    <div className="stack">
      <Facts
        facts={[
          ['Of', <TargetView key="of" service={approval.service} target={approval.target} />],
          ...jobFacts(approval.request['job']),
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

/** What a job that was asked for would take, and how fast. */
function jobFacts(job: unknown): readonly (readonly [string, ReactNode])[] {
  if (typeof job !== 'object' || job === null) return [];
  const { kind = 'redrive', pace } = job as Partial<StartJob>;
  const selection: unknown = 'selection' in job ? job.selection : 'consumer' in job ? job.consumer : undefined;
  return [
    ['Job', `a ${kind}`],
    ['Of what', <Value key="selection" value={selection} />],
    ...(pace === undefined ? [] : [['Pace', paceWords(pace)] as const]),
  ];
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
