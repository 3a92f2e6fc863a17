import type { ParkedSummary } from '@waybill/service/operations';
import { Button, Textarea, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactElement } from 'react';
import { useCommand } from '../api/command.ts';
import { useSession } from '../api/session.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { counted } from '../words/counting.ts';
import type { BulkAction } from './bulk-bar.tsx';
import { bodyOf, pathOf, pickedWords, type PickedAction } from './picked-actions.ts';
import { PickedOutcomes, type Outcome } from './picked-outcomes.tsx';

interface PickedDialogProps {
  readonly service: string;
  readonly action: Exclude<BulkAction, 'job'>;
  readonly entries: readonly ParkedSummary[];
  readonly onClose: () => void;
}

/** Does one thing with each picked entry, in the order of their entities' versions; shows how each ended. */
export function PickedDialog({ service, action, entries: given, onClose }: PickedDialogProps): ReactElement {
  // What was picked when it was opened: the list beneath goes on and loses what was done.
  const [entries] = useState(() => given.toSorted((a, b) => a.version - b.version));
  const { user } = useSession();
  const [text, setText] = useState(action === 'assign' ? user.id : '');
  const [outcomes, setOutcomes] = useState<readonly Outcome[]>([]);
  const [phase, setPhase] = useState<'asking' | 'running' | 'ended'>('asking');
  const command = useCommand();
  const words = pickedWords(action, entries);
  const isMissing = words.needsText && text.trim().length < words.fewest;
  const run = async () => {
    setPhase('running');
    for (const entry of entries) {
      const outcome = await command
        .mutateAsync({ service, path: pathOf(action, entry.id), body: bodyOf(action, text.trim()) })
        .then((result): Outcome => ({ entry, result }))
        .catch((error: unknown): Outcome => ({ entry, error }));
      setOutcomes((before) => [...before, outcome]);
    }
    setPhase('ended');
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!isMissing) void run();
  };
  return (
    <Dialog onClose={phase === 'running' ? () => undefined : onClose} title={words.title}>
      <form className="dialog-form" noValidate onSubmit={submit}>
        {phase === 'asking' && (
          <>
            <div className="touches">
              <p>
                <strong>{words.touches}</strong>
              </p>
              <p>{words.lasting}</p>
            </div>
            <PickedInput action={action} text={text} onText={setText} />
          </>
        )}
        {phase !== 'asking' && <PickedOutcomes service={service} outcomes={outcomes} total={entries.length} />}
        <div className="dialog-foot">
          {phase === 'asking' && (
            <>
              <Button variant="default" onClick={onClose}>
                Leave it
              </Button>
              <Button type="submit" disabled={isMissing}>
                {words.title}
              </Button>
            </>
          )}
          {phase === 'ended' && <Button onClick={onClose}>Close</Button>}
          {phase === 'running' && (
            <p role="status">{counted(entries.length - outcomes.length, 'entry', 'entries')} to go</p>
          )}
        </div>
      </form>
    </Dialog>
  );
}

interface PickedInputProps {
  readonly action: PickedAction;
  readonly text: string;
  readonly onText: (text: string) => void;
}

function PickedInput({ action, text, onText }: PickedInputProps): ReactElement {
  if (action === 'assign') {
    return (
      <TextInput
        label="Assign to"
        description="Their sign-in name; empty for nobody."
        value={text}
        data-autofocus
        onChange={(event) => onText(event.target.value)}
      />
    );
  }
  return (
    <Textarea
      label={action === 'note' ? 'Note' : action === 'skip' ? 'Reason' : 'Reason, if there is one to tell'}
      description="Kept in the audit trail. No personal data."
      rows={2}
      maxLength={1_000}
      value={text}
      data-autofocus
      onChange={(event) => onText(event.target.value)}
    />
  );
}
