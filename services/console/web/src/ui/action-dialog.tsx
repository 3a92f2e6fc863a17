import { Button, Textarea } from '@mantine/core';
import { useState, type FormEvent, type ReactElement, type ReactNode } from 'react';
import { Dialog } from './dialog.tsx';
import { ProblemPanel } from './problems.tsx';
import { focusWrongField } from './wrong-field.ts';

interface ActionDialogProps {
  readonly title: string;
  /** What it touches, what cannot be undone, and who else must agree. */
  readonly children: ReactNode;
  readonly confirm: string;
  readonly reason: 'required' | 'optional' | 'none';
  readonly isDanger?: boolean;
  readonly isBusy: boolean;
  readonly error: unknown;
  /** Why it cannot be confirmed yet. */
  readonly whyNot?: string | undefined;
  readonly onConfirm: (reason: string) => void;
  readonly onClose: () => void;
}

const fewestCharacters = 3;

/** Asks before it acts: shows what will be touched, and takes the reason that the audit trail keeps. */
export function ActionDialog(props: ActionDialogProps): ReactElement {
  const { title, children, confirm, reason, isDanger = false, isBusy, error, whyNot, onConfirm, onClose } = props;
  const [text, setText] = useState('');
  const [isTold, setTold] = useState(false);
  const given = text.trim();
  const isMissing =
    (reason === 'required' && given.length < fewestCharacters) || (given !== '' && given.length < fewestCharacters);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTold(true);
    if (focusWrongField(event.currentTarget)) return;
    if (!isMissing && whyNot === undefined) onConfirm(given);
  };
  return (
    <Dialog onClose={onClose} title={title}>
      <form className="dialog-form" noValidate onSubmit={submit}>
        {children}
        {reason !== 'none' && (
          <Textarea
            label={reason === 'required' ? 'Reason' : 'Reason, if there is one to tell'}
            description="Kept in the audit trail. No personal data."
            data-autofocus
            autosize={false}
            rows={2}
            maxLength={1_000}
            required={reason === 'required'}
            value={text}
            onChange={(event) => setText(event.target.value)}
            error={isTold && isMissing ? 'Say why, in three characters at least.' : undefined}
          />
        )}
        {error !== null && error !== undefined && <ProblemPanel what="It was not done." error={error} />}
        {isTold && whyNot !== undefined && <p className="notice notice-retrying">{whyNot}</p>}
        <div className="dialog-foot">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit" loading={isBusy} className={isDanger ? 'danger-fill' : ''}>
            {confirm}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
