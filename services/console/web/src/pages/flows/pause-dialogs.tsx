import type { PauseView } from '@waybill/service/operations';
import { useState, type ReactElement, type ReactNode } from 'react';
import { useCommand } from '../../api/command.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { NumberField } from '../../ui/number-field.tsx';
import { At } from '../../ui/times.tsx';
import { tellResult } from '../../ui/toast.tsx';
import { durationWords } from '../../words/durations.ts';

interface PauseDialogProps {
  readonly service: string;
  readonly scope: PauseView['scope'];
  readonly name: string;
  /** `the publishing of orders`. */
  readonly what: string;
  /** `drain`: what is parked is worked off; everything stops when left out. */
  readonly mode?: PauseView['mode'];
  readonly onClose: () => void;
  /** What else is asked. */
  readonly fields?: ReactNode;
  /** What a pause means for those who wait. */
  readonly children: ReactNode;
}

/** Lets something stand still, for a time that ends by itself. */
export function PauseDialog({
  service,
  scope,
  name,
  what,
  mode = 'stop',
  fields,
  onClose,
  children,
}: PauseDialogProps): ReactElement {
  const [minutes, setMinutes] = useState(30);
  const command = useCommand();
  const confirm = (reason: string) =>
    command.mutate(
      { service, path: 'pauses', body: { scope, name, mode, reason, minutes } },
      {
        onSuccess: (result) => {
          tellResult(mode === 'drain' ? 'It drains' : 'It is paused', service, `${scope}/${name}`, result);
          onClose();
        },
      },
    );
  return (
    <ActionDialog
      title={`${mode === 'drain' ? 'Drain' : 'Pause'} ${what}`}
      confirm={mode === 'drain' ? 'Drain' : 'Pause'}
      reason="required"
      isBusy={command.isPending}
      error={command.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="touches">
        <p>{children}</p>
        <p>It ends by itself after {durationWords(minutes * 60_000)}, and can be ended before.</p>
      </div>
      {fields}
      <NumberField label="Minutes" value={minutes} min={1} max={10_080} counted="in-whole" onChange={setMinutes} />
    </ActionDialog>
  );
}

/** Lets it go on. */
export function ResumeDialog({
  service,
  pause,
  onClose,
}: {
  readonly service: string;
  readonly pause: PauseView;
  readonly onClose: () => void;
}): ReactElement {
  const command = useCommand();
  const confirm = (reason: string) =>
    command.mutate(
      { service, path: `pauses/${pause.id}/resume`, body: reason === '' ? {} : { reason } },
      {
        onSuccess: (result) => {
          tellResult('It goes on', service, `${pause.scope}/${pause.name}`, result);
          onClose();
        },
      },
    );
  return (
    <ActionDialog
      title="End the pause"
      confirm="Resume"
      reason="optional"
      isBusy={command.isPending}
      error={command.error}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="touches">
        <p>
          Paused by <strong>{pause.actor}</strong>: {pause.reason}
        </p>
        <p>
          It would end by itself on <At at={pause.until} />. What waits is taken up at once, in order.
        </p>
      </div>
    </ActionDialog>
  );
}
