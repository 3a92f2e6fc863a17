import type { JobView } from '@waybill/service/operations';
import { useRef, useState, type FormEvent, type ReactElement } from 'react';
import { useCommand } from '../../api/command.ts';
import { useWhyNot } from '../../api/session.tsx';
import { jobShares } from '../../jobs/bulk-summary.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { GuardedButton, WhyNot } from '../../ui/guarded-button.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { focusWrongField } from '../../ui/wrong-field.ts';
import { tellResult } from '../../ui/toast.tsx';
import { counted } from '../../words/counting.ts';

interface JobControlsProps {
  readonly service: string;
  readonly job: JobView;
}

/** Pause, resume, cancel and the rate of a job. */
export function JobControls({ service, job }: JobControlsProps): ReactElement {
  const [isCancelling, setCancelling] = useState(false);
  const command = useCommand();
  const role = useWhyNot('jobs');
  const over = job.state === 'done' || job.state === 'cancelled' ? 'The job is over.' : undefined;
  const steer = (action: 'pause' | 'resume') =>
    command.mutate(
      { service, path: `jobs/${job.id}/steer`, body: { action } },
      {
        onSuccess: (result) =>
          tellResult(action === 'pause' ? 'The job is paused' : 'The job goes on', service, `job/${job.id}`, result),
      },
    );
  if (over !== undefined) return <p className="muted">{over} It stays here with its counts.</p>;
  return (
    <div className="stack">
      <div className="job-controls">
        <div className="actions">
          {job.state === 'running' || job.state === 'ready' ? (
            <GuardedButton whyNot={role} onPress={() => steer('pause')} isBusy={command.isPending}>
              Pause
            </GuardedButton>
          ) : (
            <GuardedButton look="primary" whyNot={role} onPress={() => steer('resume')} isBusy={command.isPending}>
              Resume
            </GuardedButton>
          )}
          <GuardedButton look="danger" whyNot={role} onPress={() => setCancelling(true)}>
            Cancel the job…
          </GuardedButton>
        </div>
        <Rate key={job.pace.perSecond} service={service} job={job} whyNot={role} />
      </div>
      <WhyNot reasons={[role]} />
      {command.error !== null && !isCancelling && (
        <ProblemPanel what="The job was not steered." error={command.error} />
      )}
      {isCancelling && <CancelDialog service={service} job={job} onClose={() => setCancelling(false)} />}
    </div>
  );
}

function Rate({ service, job, whyNot }: JobControlsProps & { readonly whyNot: string | undefined }): ReactElement {
  const [perSecond, setPerSecond] = useState(job.pace.perSecond);
  const command = useCommand();
  const isSame = perSecond === job.pace.perSecond;
  const form = useRef<HTMLFormElement>(null);
  const change = () => {
    if (form.current !== null && focusWrongField(form.current)) return;
    command.mutate(
      { service, path: `jobs/${job.id}/pace`, body: { perSecond } },
      { onSuccess: (result) => tellResult(`The pace is ${perSecond} a second`, service, `job/${job.id}`, result) },
    );
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isSame && whyNot === undefined) change();
  };
  return (
    <form ref={form} className="rate" noValidate onSubmit={submit}>
      <NumberField
        label="Entries a second"
        value={perSecond}
        min={0.1}
        max={5_000}
        counted="in-parts"
        onChange={setPerSecond}
      />
      <GuardedButton
        whyNot={whyNot ?? (isSame ? 'This is the pace already.' : undefined)}
        onPress={change}
        isBusy={command.isPending}
      >
        Set the pace
      </GuardedButton>
      {command.error !== null && <ProblemPanel what="The pace was not changed." error={command.error} />}
    </form>
  );
}

function CancelDialog({ service, job, onClose }: JobControlsProps & { readonly onClose: () => void }): ReactElement {
  const command = useCommand();
  const { done, left } = jobShares(job);
  const confirm = (reason: string) =>
    command.mutate(
      { service, path: `jobs/${job.id}/steer`, body: { action: 'cancel', ...(reason === '' ? {} : { reason }) } },
      {
        onSuccess: (result) => {
          tellResult('The job is cancelled', service, `job/${job.id}`, result);
          onClose();
        },
      },
    );
  return (
    <ActionDialog
      title="Cancel the job"
      confirm="Cancel it for good"
      reason="optional"
      isDanger
      isBusy={command.isPending}
      error={command.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="touches">
        <p>
          <strong>
            {counted(left, 'entry', 'entries')} {left === 1 ? 'is' : 'are'} not touched and{' '}
            {left === 1 ? 'stays' : 'stay'} as {left === 1 ? 'it is' : 'they are'}.
          </strong>
        </p>
        <p>
          {counted(done, 'entry', 'entries')} done so far cannot be taken back, and a cancelled job cannot be resumed.
          To stop for a while, pause it.
        </p>
      </div>
    </ActionDialog>
  );
}
