import type { ParkedEntry } from '@waybill/service/operations';
import type { ReactElement, ReactNode } from 'react';
import { useCommand } from '../../api/command.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { tellResult } from '../../ui/toast.tsx';
import { counted } from '../../words/counting.ts';
import { entityName } from '../../words/names.ts';

interface EntryDialogProps {
  readonly service: string;
  readonly entry: ParkedEntry;
  readonly onClose: () => void;
}

/** Tries the entry again now, and then those behind it. */
export function RedriveDialog(props: EntryDialogProps): ReactElement {
  const { entry } = props;
  return (
    <CommandDialog
      {...props}
      command="redrive"
      title="Redrive this entry"
      confirm="Redrive"
      reason="optional"
      done="It is tried again"
    >
      <p>
        <strong>
          {thing(entry)}, version {entry.version}, is handled again by {entry.consumer} alone.
        </strong>
      </p>
      <p>
        {entry.behind > 0 ? `${counted(entry.behind, 'event')} that wait behind it follow once it went well. ` : ''}
        What the handler does cannot be taken back. If it fails again, it is dead again and keeps its place.
      </p>
    </CommandDialog>
  );
}

/** Lets the entity go on without this event. */
export function SkipDialog(props: EntryDialogProps): ReactElement {
  const { entry } = props;
  return (
    <CommandDialog
      {...props}
      command="skip"
      title="Skip this entry"
      confirm="Skip it for good"
      reason="required"
      isDanger
      done="It is skipped"
    >
      <p>
        <strong>
          {entry.consumer} never handles version {entry.version} of {thing(entry)}. This cannot be undone.
        </strong>
      </p>
      <p>
        {entry.behind > 0
          ? `${counted(entry.behind, 'event')} that wait behind it go on at once, as if it had been handled. `
          : ''}
        In a critical flow a second person must agree first.
      </p>
    </CommandDialog>
  );
}

/** Lets the entity go on although an event before this one never came. */
export function PassGapDialog(props: EntryDialogProps): ReactElement {
  const { entry } = props;
  return (
    <CommandDialog
      {...props}
      command="pass-gap"
      title="Pass the gap before this entry"
      confirm="Pass the gap"
      reason="required"
      isDanger
      done="The gap is passed"
    >
      <p>
        <strong>
          Versions {entry.applied + 1} to {entry.version - 1} of {thing(entry)} have not come. {entry.consumer} goes on
          without them.
        </strong>
      </p>
      <p>If they come later, they are older than what was applied and have no effect. This cannot be undone.</p>
    </CommandDialog>
  );
}

/** Asks to see the personal values of this entry. */
export function UnmaskDialog(props: EntryDialogProps): ReactElement {
  const { entry } = props;
  return (
    <CommandDialog
      {...props}
      command="unmask"
      title="Ask to see masked values"
      confirm="Ask an approver"
      reason="required"
      done="You can see them now"
    >
      <p>
        <strong>
          {counted(entry.masked.length, 'field')}: {entry.masked.join(', ')}.
        </strong>
      </p>
      <p>
        An approver who is not you must agree; then you can see them for 15 minutes. That you saw them stays in the
        audit trail.
      </p>
    </CommandDialog>
  );
}

interface CommandDialogProps extends EntryDialogProps {
  readonly command: 'redrive' | 'skip' | 'pass-gap' | 'unmask';
  readonly title: string;
  readonly confirm: string;
  readonly reason: 'required' | 'optional';
  readonly isDanger?: boolean;
  readonly done: string;
  readonly children: ReactNode;
}

function CommandDialog({
  service,
  entry,
  onClose,
  command,
  done,
  children,
  ...rest
}: CommandDialogProps): ReactElement {
  const send = useCommand();
  const confirm = (reason: string) =>
    send.mutate(
      { service, path: `parked/${entry.id}/${command}`, body: reason === '' ? {} : { reason } },
      {
        onSuccess: (result) => {
          tellResult(done, service, `parked/${entry.id}`, result);
          onClose();
        },
      },
    );
  return (
    <ActionDialog {...rest} isBusy={send.isPending} error={send.error} onConfirm={confirm} onClose={onClose}>
      <div className="touches">{children}</div>
    </ActionDialog>
  );
}

function thing(entry: ParkedEntry): string {
  return entityName(entry);
}
