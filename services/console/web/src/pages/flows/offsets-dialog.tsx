import type { ConsumerView } from '@waybill/service/operations';
import { NativeSelect, Textarea } from '@mantine/core';
import { useState, type ReactElement } from 'react';
import { useCommand } from '../../api/command.ts';
import { ActionDialog } from '../../ui/action-dialog.tsx';
import { tellResult } from '../../ui/toast.tsx';
import { counted } from '../../words/counting.ts';
import { positionsOf } from './positions.ts';

interface OffsetsDialogProps {
  readonly service: string;
  readonly consumer: ConsumerView;
  readonly onClose: () => void;
}

/** Says from where a paused consumer reads again. */
export function OffsetsDialog({ service, consumer, onClose }: OffsetsDialogProps): ReactElement {
  const [topic, setTopic] = useState(consumer.topics[0] ?? '');
  const [text, setText] = useState('');
  const command = useCommand();
  const positions = positionsOf(text);
  const confirm = (reason: string) => {
    if (positions === undefined) return;
    command.mutate(
      { service, path: `consumers/${encodeURIComponent(consumer.name)}/offsets`, body: { topic, positions, reason } },
      {
        onSuccess: (result) => {
          tellResult('The offsets are set', service, `consumer/${consumer.name}`, result);
          onClose();
        },
      },
    );
  };
  return (
    <ActionDialog
      title={`Reset offsets of ${consumer.name}`}
      confirm={positions === undefined ? 'Set' : `Set ${counted(positions.length, 'partition')}`}
      reason="required"
      isDanger
      isBusy={command.isPending}
      error={command.error}
      whyNot={positions === undefined ? 'Give a partition and an offset on each line: 3 120450' : undefined}
      onConfirm={confirm}
      onClose={onClose}
    >
      <div className="touches">
        <p>
          <strong>Backward, events are delivered again; those that were handled have no second effect.</strong>
        </p>
        <p>
          Forward, the events between are never handled by {consumer.name}, and their effect is missing for good. To
          deliver some events again, a replay is the gentler way.
        </p>
      </div>
      <NativeSelect
        label="Topic"
        value={topic}
        data={[...consumer.topics]}
        onChange={(event) => setTopic(event.target.value)}
      />
      <Textarea
        label="Partitions and offsets"
        description="One on each line: the partition, a space, the offset. Partitions that are left out stay where they are."
        placeholder={'0 120450\n3 118002'}
        rows={4}
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
    </ActionDialog>
  );
}
