import type { ConsumerView } from '@waybill/service/operations';
import { useState, type ReactElement } from 'react';
import { useWhyNot } from '../../api/session.tsx';
import { GuardedButton, WhyNot } from '../../ui/guarded-button.tsx';
import { counted } from '../../words/counting.ts';
import { OffsetsDialog } from './offsets-dialog.tsx';
import { PauseDialog, ResumeDialog } from './pause-dialogs.tsx';
import { RebuildDialog } from './rebuild-dialog.tsx';
import { ReplayDialog } from './replay-dialog.tsx';

interface FlowActionsProps {
  readonly service: string;
  readonly consumer: ConsumerView;
}

/** What can be done with a consumer, each with its guard. */
export function FlowActions({ service, consumer }: FlowActionsProps): ReactElement {
  const [dialog, setDialog] = useState<'pause' | 'drain' | 'resume' | 'replay' | 'rebuild' | 'offsets'>();
  const noPause = useWhyNot('pause');
  const noJobs = useWhyNot('jobs');
  const noOffsets =
    noPause ?? (consumer.pause === undefined ? 'Offsets can be reset only while the consumer is paused.' : undefined);
  const refused = useWhyNot('pause', 'jobs');
  const close = () => setDialog(undefined);
  return (
    <div className="stack">
      <div className="actions">
        {consumer.pause === undefined ? (
          <>
            <GuardedButton whyNot={noPause} onPress={() => setDialog('pause')}>
              Pause…
            </GuardedButton>
            <GuardedButton whyNot={noPause} onPress={() => setDialog('drain')}>
              Drain…
            </GuardedButton>
          </>
        ) : (
          <GuardedButton look="primary" whyNot={noPause} onPress={() => setDialog('resume')}>
            Resume…
          </GuardedButton>
        )}
        <GuardedButton whyNot={noJobs} onPress={() => setDialog('replay')}>
          Replay events…
        </GuardedButton>
        {consumer.kind === 'projection' && (
          <GuardedButton whyNot={noJobs} onPress={() => setDialog('rebuild')}>
            Rebuild…
          </GuardedButton>
        )}
        <GuardedButton look="danger" whyNot={noOffsets} onPress={() => setDialog('offsets')}>
          Reset offsets…
        </GuardedButton>
      </div>
      <WhyNot reasons={[refused ?? noOffsets]} />
      {dialog === 'pause' && (
        <PauseDialog service={service} scope="consumer" name={consumer.name} what={consumer.name} onClose={close}>
          {consumer.name} takes no event until it is resumed. What is under way is finished first; other consumers go
          on. Its events wait in their topics and are taken up in order.
          {consumer.criticality === 'critical' ? ' This flow is critical: somebody waits for it.' : ''}
        </PauseDialog>
      )}
      {dialog === 'drain' && (
        <PauseDialog
          service={service}
          scope="consumer"
          name={consumer.name}
          what={consumer.name}
          mode="drain"
          onClose={close}
        >
          {consumer.name} takes no new event from its topics, and works off what is parked:{' '}
          {counted(consumer.retrying + consumer.waiting, 'entry', 'entries')} now. What is dead, and what is behind
          that, waits for a person. Once nothing is left it stands still until it is resumed.
        </PauseDialog>
      )}
      {dialog === 'resume' && consumer.pause !== undefined && (
        <ResumeDialog service={service} pause={consumer.pause} onClose={close} />
      )}
      {dialog === 'replay' && <ReplayDialog service={service} consumer={consumer} onClose={close} />}
      {dialog === 'rebuild' && <RebuildDialog service={service} consumer={consumer} onClose={close} />}
      {dialog === 'offsets' && <OffsetsDialog service={service} consumer={consumer} onClose={close} />}
    </div>
  );
}
