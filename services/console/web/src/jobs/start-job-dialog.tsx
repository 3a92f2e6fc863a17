import type { DryRun, JobPace, StartJob } from '@waybill/service/operations';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import { opsPath, sendJson } from '../api/client.ts';
import { useCommand } from '../api/command.ts';
import { useSession } from '../api/session.tsx';
import { ActionDialog } from '../ui/action-dialog.tsx';
import { Facts, Loading } from '../ui/panels.tsx';
import { ProblemPanel } from '../ui/problems.tsx';
import { tellResult } from '../ui/toast.tsx';
import { grouped } from '../words/counting.ts';
import { bulkSummary } from './bulk-summary.ts';
import { PaceFields } from './pace-fields.tsx';

interface StartJobDialogProps {
  readonly service: string;
  readonly title: string;
  readonly jobOf: (pace: JobPace, reason: string) => StartJob;
  /** The pace that is offered; a careful one when left out. */
  readonly firstPace?: JobPace;
  readonly onClose: () => void;
}

const careful: JobPace = { perSecond: 50, rampSeconds: 10, canary: 5, stopAtFailureShare: 0.2 };

/** Says what a job would touch, by a dry run, and starts it at a pace. */
export function StartJobDialog({
  service,
  title,
  jobOf,
  firstPace = careful,
  onClose,
}: StartJobDialogProps): ReactElement {
  const [pace, setPace] = useState(firstPace);
  const command = useCommand();
  const navigate = useNavigate();
  const run = useDryRun(service, jobOf(pace, 'dry run'));
  const start = (reason: string) => {
    const body = jobOf(pace, reason);
    command.mutate(
      { service, path: 'jobs', body },
      {
        onSuccess: (result) => {
          tellResult('The job has started', service, `job/${result.job ?? ''}`, result);
          onClose();
          if (result.job !== undefined)
            void navigate({ to: '/jobs/$service/$id', params: { service, id: result.job } });
        },
      },
    );
  };
  return (
    <ActionDialog
      title={title}
      confirm={
        run.data?.needsApproval === true
          ? 'Ask for approval'
          : `Start${run.data === undefined ? '' : ` with ${grouped(run.data.total)}`}`
      }
      reason="required"
      isBusy={command.isPending}
      error={command.error}
      whyNot={notYet(run.data)}
      onConfirm={start}
      onClose={onClose}
    >
      {run.data === undefined && run.error === null && <Loading what="the dry run" />}
      {run.error !== null && (
        <ProblemPanel
          what="The dry run failed, so nothing can be started."
          error={run.error}
          onRetry={() => void run.refetch()}
        />
      )}
      {run.data !== undefined && <Touches kind={jobOf(pace, '').kind} run={run.data} />}
      <PaceFields pace={pace} onPace={setPace} />
    </ActionDialog>
  );
}

/** Asks what a job would touch; nothing is changed by it. */
function useDryRun(service: string, job: StartJob) {
  const { csrfToken } = useSession();
  return useQuery({
    queryKey: ['dry-run', service, job],
    queryFn: () =>
      sendJson<DryRun>(opsPath(service, 'jobs/dry-run'), job, { csrfToken, idempotencyKey: crypto.randomUUID() }),
    placeholderData: keepPreviousData,
    staleTime: 10_000,
  });
}

function Touches({ kind, run }: { readonly kind: StartJob['kind']; readonly run: DryRun }): ReactElement {
  const { headline, facts, lasting } = bulkSummary(kind, run);
  return (
    <div className="touches">
      <p>
        <strong>{headline}</strong>
      </p>
      {run.total > 0 && (
        <>
          <Facts
            facts={[
              ...facts.map(({ name, value }) => [name, value] as const),
              ['Events', run.types.map(({ type, count }) => `${grouped(count)} ${type}`).join(', ')],
            ]}
          />
          <p>{lasting}</p>
        </>
      )}
    </div>
  );
}

function notYet(run: DryRun | undefined): string | undefined {
  if (run === undefined) return 'Wait for the dry run: it says what would be touched.';
  return run.total === 0 ? 'There is nothing to start: no entry fits.' : undefined;
}
