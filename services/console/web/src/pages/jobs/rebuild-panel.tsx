import type { JobView, RebuildReport, TableReport } from '@waybill/service/operations';
import { useState, type ReactElement } from 'react';
import { useCommand } from '../../api/command.ts';
import { useWhyNot } from '../../api/session.tsx';
import { reportOf, swapSummary, tableSentence } from '../../jobs/rebuild-words.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { GuardedButton, WhyNot } from '../../ui/guarded-button.tsx';
import { Facts, Panel } from '../../ui/panels.tsx';
import { At } from '../../ui/times.tsx';
import { tellResult } from '../../ui/toast.tsx';
import { counted, grouped } from '../../words/counting.ts';

interface RebuildPanelProps {
  readonly service: string;
  readonly job: JobView;
}

/** What a rebuild made, held against what is there, and the swap. */
export function RebuildPanel({ service, job }: RebuildPanelProps): ReactElement {
  const report = reportOf(job);
  return (
    <Panel
      title="Compared with what is there"
      aside={
        report !== undefined && (
          <span className="muted small">
            <At at={report.comparedAt} />
          </span>
        )
      }
    >
      {report === undefined ? (
        <p className="muted">
          The two are compared once the new generation has read all that {job.consumer} has read. Nobody sees what it
          makes until then.
        </p>
      ) : (
        <div className="stack">
          {report.tables.map((table) => (
            <TableDifferences key={table.table} table={table} />
          ))}
          <Facts facts={factsOf(report)} />
          <SwapActions service={service} job={job} report={report} />
        </div>
      )}
    </Panel>
  );
}

function TableDifferences({ table }: { readonly table: TableReport }): ReactElement {
  const { columns, examples } = table;
  const shown = [
    ['Differ', examples.different],
    ['Only in the new', examples.onlyNew],
    ['Only in the old', examples.onlyOld],
  ] as const;
  return (
    <div>
      <p>
        <strong>{table.table}</strong> {tableSentence(table)}
      </p>
      {columns.length > 0 && (
        <p className="muted">
          Differ in {columns.map(({ column, rows }) => `${column} (${counted(rows, 'row')})`).join(', ')}.
        </p>
      )}
      {shown
        .filter(([, keys]) => keys.length > 0)
        .map(([name, keys]) => (
          <details key={name}>
            <summary>
              {name}: {counted(keys.length, 'key')}
            </summary>
            <p className="keys">{keys.join(', ')}</p>
          </details>
        ))}
    </div>
  );
}

function factsOf({ entities, parked, generation, swapped }: RebuildReport): readonly (readonly [string, string])[] {
  const others = entities.different + entities.onlyOld + entities.onlyNew;
  return [
    ['Generation', generation],
    ['Entities', `${grouped(entities.equal)} at the same version, ${grouped(others)} at another`],
    ...(entities.examples.length === 0
      ? []
      : [
          [
            'Of them',
            entities.examples.map((one) => `${one.entity} (${one.old ?? 'none'} → ${one.new ?? 'none'})`).join(', '),
          ] as const,
        ]),
    [
      'Failed events',
      parked.dead === 0 ? 'none' : `${grouped(parked.dead)}, and ${counted(parked.behind, 'event')} behind them`,
    ],
    ...parked.failures.map(
      ({ type, code, events }) => ['Failure', `${code}: ${counted(events, 'event')} ${type}`] as const,
    ),
    ...(swapped === undefined
      ? []
      : [
          [
            'Old tables',
            swapped.discarded ? 'discarded' : `in the schema ${swapped.retiredSchema} until ${swapped.keptUntil}`,
          ] as const,
        ]),
  ];
}

function SwapActions({ service, job, report }: RebuildPanelProps & { readonly report: RebuildReport }): ReactElement {
  const [asks, setAsks] = useState<'swap' | 'discard'>();
  const role = useWhyNot('jobs');
  const notReady = job.state === 'ready' ? undefined : 'It can be swapped in when it is ready.';
  const { swapped } = report;
  return (
    <div className="stack">
      <div className="actions">
        {swapped === undefined && job.state !== 'cancelled' && (
          <GuardedButton look="primary" whyNot={role ?? notReady} onPress={() => setAsks('swap')}>
            Swap it in…
          </GuardedButton>
        )}
        {swapped?.discarded === false && (
          <GuardedButton look="danger" whyNot={role} onPress={() => setAsks('discard')}>
            Discard the old tables…
          </GuardedButton>
        )}
      </div>
      <WhyNot reasons={[role]} />
      {asks === 'swap' && <SwapDialog service={service} job={job} report={report} onClose={() => setAsks(undefined)} />}
      {asks === 'discard' && <DiscardDialog service={service} job={job} onClose={() => setAsks(undefined)} />}
    </div>
  );
}

interface DialogProps extends RebuildPanelProps {
  readonly onClose: () => void;
}

function SwapDialog({ service, job, report, onClose }: DialogProps & { readonly report: RebuildReport }): ReactElement {
  const command = useCommand();
  const { touches, vanishing, lasting } = swapSummary(job.consumer, report);
  const confirm = (reason: string) =>
    command.mutate(
      { service, path: `jobs/${job.id}/swap`, body: { reason } },
      {
        onSuccess: (result) => {
          tellResult('It is being swapped in', service, `job/${job.id}`, result);
          onClose();
        },
      },
    );
  return (
    <ActionDialog
      title={`Swap in the rebuild of ${job.consumer}`}
      confirm={vanishing > 0 ? 'Ask for approval' : 'Swap it in'}
      reason="required"
      isDanger={vanishing > 0}
      isBusy={command.isPending}
      error={command.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="touches">
        {touches.map((line) => (
          <p key={line}>
            <strong>{line}</strong>
          </p>
        ))}
        <p>{lasting}</p>
        <p>
          {vanishing > 0
            ? `${counted(vanishing, 'row')} would vanish, so a second person must agree.`
            : 'A second person must agree when the consumer is critical.'}
        </p>
      </div>
    </ActionDialog>
  );
}

function DiscardDialog({ service, job, onClose }: DialogProps): ReactElement {
  const command = useCommand();
  const confirm = (reason: string) =>
    command.mutate(
      { service, path: `jobs/${job.id}/discard`, body: reason === '' ? {} : { reason } },
      {
        onSuccess: (result) => {
          tellResult('The old tables are gone', service, `job/${job.id}`, result);
          onClose();
        },
      },
    );
  return (
    <ActionDialog
      title="Discard the old tables"
      confirm="Discard them for good"
      reason="optional"
      isDanger
      isBusy={command.isPending}
      error={command.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <p className="touches">
        The tables that the rebuild took the place of are dropped now, and not in 7 days. That cannot be undone; nobody
        reads them by their names any more.
      </p>
    </ActionDialog>
  );
}
