import type { ConsumerView, JobPace, ReplaySelection, StartJob } from '@waybill/service/operations';
import { Button, Checkbox, NativeSelect, TextInput } from '@mantine/core';
import { useState, type FormEvent, type ReactElement } from 'react';
import { StartJobDialog } from '../../jobs/start-job-dialog.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { replaySelectionOf, type ReplayFields } from './replay-selection.ts';

interface ReplayDialogProps {
  readonly service: string;
  readonly consumer: ConsumerView;
  readonly onClose: () => void;
}

/** Chooses published events that one consumer is given again, then shows what that would touch. */
export function ReplayDialog({ service, consumer, onClose }: ReplayDialogProps): ReactElement {
  const [fields, setFields] = useState<ReplayFields>({
    topic: consumer.topics[0] ?? '',
    types: '',
    aggregateId: '',
    correlationId: '',
    since: '',
    until: '',
  });
  const [kind, setKind] = useState<'replay' | 'shadow'>('replay');
  const [selection, setSelection] = useState<ReplaySelection>();
  if (selection !== undefined) {
    const jobOf = (pace: JobPace, reason: string): StartJob => ({
      ...{ kind, consumer: consumer.name, selection, pace, reason },
    });
    return (
      <StartJobDialog
        service={service}
        title={
          kind === 'replay'
            ? `Replay ${selection.topic} to ${consumer.name}`
            : `Compare the new handlers of ${consumer.name} on ${selection.topic}`
        }
        jobOf={jobOf}
        onClose={onClose}
      />
    );
  }
  const set = (part: Partial<ReplayFields>) => setFields((before) => ({ ...before, ...part }));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setSelection(replaySelectionOf(fields));
  };
  return (
    <Dialog onClose={onClose} title={`Replay events to ${consumer.name}`}>
      <form className="dialog-form" noValidate onSubmit={submit}>
        <p>
          Published events are delivered again to <strong>{consumer.name}</strong> alone; no other consumer sees them.
          Those that it has handled have no second effect. The next step says what it would touch.
        </p>
        {consumer.shadow !== undefined && (
          <Checkbox
            label="Only compare the new handlers with the living ones"
            description={`It runs both for each event and keeps nothing of it: ${consumer.shadow.join(', ')}.`}
            checked={kind === 'shadow'}
            onChange={(event) => setKind(event.target.checked ? 'shadow' : 'replay')}
          />
        )}
        <NativeSelect
          label="Topic"
          value={fields.topic}
          data={[...consumer.topics]}
          onChange={(event) => set({ topic: event.target.value })}
        />
        <TextInput
          label="Event types"
          description="Whole names with commas between; empty for all."
          value={fields.types}
          onChange={(event) => set({ types: event.target.value })}
        />
        <div className="two-columns">
          <TextInput
            label="Entity"
            value={fields.aggregateId}
            onChange={(event) => set({ aggregateId: event.target.value })}
          />
          <TextInput
            label="Correlation id"
            value={fields.correlationId}
            onChange={(event) => set({ correlationId: event.target.value })}
          />
          <TextInput
            type="datetime-local"
            label="Published since"
            value={fields.since}
            onChange={(event) => set({ since: event.target.value })}
          />
          <TextInput
            type="datetime-local"
            label="Published until"
            value={fields.until}
            onChange={(event) => set({ until: event.target.value })}
          />
        </div>
        <div className="dialog-foot">
          <Button variant="default" onClick={onClose}>
            Leave it
          </Button>
          <Button type="submit">See what it would touch</Button>
        </div>
      </form>
    </Dialog>
  );
}
