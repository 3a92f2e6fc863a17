import type { ParkedEntry } from '@waybill/service/operations';
import { useState, type ReactElement } from 'react';
import { useWhyNot } from '../../api/session.tsx';
import { PickedDialog } from '../../entries/picked-dialog.tsx';
import type { PickedAction } from '../../entries/picked-actions.ts';
import { useShortcut } from '../../shell/shortcuts.ts';
import { GuardedButton, WhyNot } from '../../ui/guarded-button.tsx';
import { PassGapDialog, RedriveDialog, SkipDialog, UnmaskDialog } from './entry-dialogs.tsx';

interface EntryActionsProps {
  readonly service: string;
  readonly entry: ParkedEntry;
  readonly onEdit: () => void;
}

type Dialog = PickedAction | 'pass-gap' | 'unmask';

/** What can be done with one entry. */
export function EntryActions({ service, entry, onEdit }: EntryActionsProps): ReactElement {
  const [dialog, setDialog] = useState<Dialog>();
  const roles = {
    redrive: useWhyNot('redrive'),
    edit: useWhyNot('edit'),
    skip: useWhyNot('skip'),
    note: useWhyNot('note'),
    assign: useWhyNot('assign'),
    unmask: useWhyNot('unmask'),
  };
  const refused = useWhyNot('redrive', 'edit', 'note', 'assign', 'unmask', 'skip');
  const close = () => setDialog(undefined);
  const noRedrive = roles.redrive ?? whyNoRedrive(entry);
  const noEdit =
    roles.edit ?? (entry.data === undefined ? 'Its data cannot be read, so it cannot be edited.' : undefined);
  const noSkip = roles.skip ?? whyNoSkip(entry);
  useShortcut('r', noRedrive === undefined ? () => setDialog('redrive') : undefined);
  useShortcut('e', noEdit === undefined ? onEdit : undefined);
  useShortcut('n', roles.note === undefined ? () => setDialog('note') : undefined);
  return (
    <div className="stack">
      <div className="actions">
        <GuardedButton look="primary" whyNot={noRedrive} onPress={() => setDialog('redrive')} shortcut="r">
          Redrive…
        </GuardedButton>
        <GuardedButton whyNot={noEdit} onPress={onEdit} shortcut="e">
          Edit…
        </GuardedButton>
        <GuardedButton whyNot={roles.note} onPress={() => setDialog('note')} shortcut="n">
          Note…
        </GuardedButton>
        <GuardedButton whyNot={roles.assign} onPress={() => setDialog('assign')}>
          Assign…
        </GuardedButton>
        {entry.masked.length > 0 && (
          <GuardedButton whyNot={roles.unmask} onPress={() => setDialog('unmask')}>
            Ask to see masked values…
          </GuardedButton>
        )}
        {entry.errorCode === 'event.predecessor-missing' && (
          <GuardedButton look="danger" whyNot={roles.skip} onPress={() => setDialog('pass-gap')}>
            Pass the gap…
          </GuardedButton>
        )}
        <GuardedButton look="danger" whyNot={noSkip} onPress={() => setDialog('skip')}>
          Skip…
        </GuardedButton>
      </div>
      <WhyNot reasons={refused === undefined ? [noRedrive, noEdit, noSkip] : [refused]} />
      {dialog === 'redrive' && <RedriveDialog service={service} entry={entry} onClose={close} />}
      {dialog === 'skip' && <SkipDialog service={service} entry={entry} onClose={close} />}
      {dialog === 'pass-gap' && <PassGapDialog service={service} entry={entry} onClose={close} />}
      {dialog === 'unmask' && <UnmaskDialog service={service} entry={entry} onClose={close} />}
      {(dialog === 'note' || dialog === 'assign') && (
        <PickedDialog service={service} action={dialog} entries={[entry]} onClose={close} />
      )}
    </div>
  );
}

function whyNoRedrive(entry: ParkedEntry): string | undefined {
  if (entry.state !== 'waiting') return undefined;
  return 'It waits and did not fail: it goes on by itself once what it waits for is done.';
}

function whyNoSkip(entry: ParkedEntry): string | undefined {
  return entry.state === 'dead' ? undefined : 'Only an event that failed for good can be skipped.';
}
