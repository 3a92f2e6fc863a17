import type { ParkedEntry } from '@waybill/service/operations';
import { Button, Textarea } from '@mantine/core';
import { useMemo, useState, type FormEvent, type ReactElement } from 'react';
import { useCommand } from '../../api/command.ts';
import { DiffView } from '../../entries/diff-view.tsx';
import { avroToJsonSchema } from '../../schema/avro-to-json-schema.ts';
import { completed } from '../../schema/completed.ts';
import { dataDiff, hasChanges } from '../../schema/data-diff.ts';
import { misfits } from '../../schema/validation.ts';
import { Panel } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { tellResult } from '../../ui/toast.tsx';
import { counted } from '../../words/counting.ts';
import { isMasked, memberPath, withMasks } from '../../words/masked.ts';
import { EventForm } from './event-form.tsx';
import './edit.css';

interface EditPanelProps {
  readonly service: string;
  readonly entry: ParkedEntry;
  readonly onClose: () => void;
}

/** Edits an event by a form made of its schema, beside what that changes; asks a second person to agree. */
export function EditPanel({ service, entry, onClose }: EditPanelProps): ReactElement {
  const schema = useMemo(() => avroToJsonSchema(entry.schema ?? '{}'), [entry.schema]);
  // The entry is asked for anew while one edits; the form begins with what it was.
  const [original] = useState(entry.data);
  const [data, setData] = useState<unknown>(original);
  const [reason, setReason] = useState('');
  const [isTold, setTold] = useState(false);
  const command = useCommand();
  const skips = useMemo(
    () => (path: readonly (string | number)[]) => isMasked(path.reduce<string>(memberPath, ''), entry.masked),
    [entry.masked],
  );
  const edited = completed(schema, data);
  const wrong = misfits(schema, edited, schema, skips);
  const whyNot = whyNotYet(hasChanges(dataDiff(original, edited)), wrong.length, reason);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTold(true);
    if (whyNot !== undefined) return;
    command.mutate(
      { service, path: `parked/${entry.id}/edit`, body: { data: edited, reason: reason.trim() } },
      {
        onSuccess: (result) => {
          tellResult('The event is edited', service, `parked/${entry.id}`, result);
          onClose();
        },
      },
    );
  };
  return (
    <div className="edit-columns">
      <Panel title="Edit the event">
        <EventForm schema={schema} data={data} onData={setData} skips={skips} />
      </Panel>
      <div className="stack edit-side">
        <Panel title="What changes">
          <DiffView
            before={withMasks(original, entry.masked)}
            after={withMasks(edited, entry.masked)}
            label="What the edit changes"
          />
        </Panel>
        <Panel title="Ask for it">
          <form className="dialog-form" noValidate onSubmit={submit}>
            <p>
              An approver who is not you must agree; then {entry.consumer} is given the edited event. The original is
              kept, and the diff stays in the history for good. Masked values stay as they are.
            </p>
            <Textarea
              label="Reason"
              description="Kept in the audit trail. No personal data."
              rows={2}
              maxLength={1_000}
              required
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
            {isTold && whyNot !== undefined && <p className="notice notice-retrying">{whyNot}</p>}
            {command.error !== null && (
              <ProblemPanel
                what="The edit was not taken."
                error={command.error}
                still="What you typed is still here."
              />
            )}
            <div className="dialog-foot">
              <Button variant="default" onClick={onClose}>
                Leave it
              </Button>
              <Button type="submit" loading={command.isPending}>
                Ask for approval
              </Button>
            </div>
          </form>
        </Panel>
      </div>
    </div>
  );
}

function whyNotYet(isChanged: boolean, wrong: number, reason: string): string | undefined {
  if (!isChanged) return 'Nothing is changed yet.';
  if (wrong > 0) return `${counted(wrong, 'field')} ${wrong === 1 ? 'does' : 'do'} not fit the schema; each says why.`;
  return reason.trim().length < 3 ? 'Say why, in three characters at least.' : undefined;
}
