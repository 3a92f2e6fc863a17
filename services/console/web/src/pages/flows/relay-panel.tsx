import type { Overview } from '@waybill/service/operations';
import { useState, type ReactElement } from 'react';
import { useWhyNot } from '../../api/session.tsx';
import { GuardedButton, WhyNot } from '../../ui/guarded-button.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago } from '../../ui/times.tsx';
import { counted, grouped } from '../../words/counting.ts';
import { durationWords } from '../../words/durations.ts';
import { relayState } from '../overview/other-rows.tsx';
import { PauseDialog, ResumeDialog } from './pause-dialogs.tsx';

interface RelayPanelProps {
  readonly service: string;
  readonly relay: NonNullable<Overview['relay']>;
}

/** How a service publishes, with pause and resume. */
export function RelayPanel({ service, relay }: RelayPanelProps): ReactElement {
  const [dialog, setDialog] = useState<'pause' | 'resume'>();
  const whyNot = useWhyNot('pause');
  const { state, detail } = relayState(relay);
  const [pause] = relay.pauses;
  return (
    <div className="relay" id={`relay-${service}`}>
      <div>
        <h3>Publishing</h3>
        <p>
          <StateBadge state={state} /> {detail}
          {pause !== undefined && (
            <>
              , ends <Ago at={pause.until} />
            </>
          )}
        </p>
        <p className="muted">
          {relay.lagEvents === 0
            ? 'All is out'
            : `${counted(Math.round(relay.lagEvents), 'event')} wait, ${durationWords(relay.lagMs)} behind`}
          ; {grouped(relay.published)} published,{' '}
          {relay.held === 0 ? 'nothing held' : counted(relay.held, 'entity held', 'entities held')},{' '}
          {counted(relay.shards.length, 'shard')}
        </p>
      </div>
      <div className="stack">
        <div className="actions">
          {pause === undefined ? (
            <GuardedButton whyNot={whyNot} onPress={() => setDialog('pause')}>
              Pause publishing…
            </GuardedButton>
          ) : (
            <GuardedButton look="primary" whyNot={whyNot} onPress={() => setDialog('resume')}>
              Resume publishing…
            </GuardedButton>
          )}
        </div>
        <WhyNot reasons={[whyNot]} />
      </div>
      {dialog === 'pause' && (
        <PauseDialog
          service={service}
          scope="relay"
          name="*"
          what={`the publishing of ${service}`}
          onClose={() => setDialog(undefined)}
        >
          Events of {service} are still written with their transactions, and wait in its outbox. No consumer of any
          service sees them until it is resumed; then they come out in order.
        </PauseDialog>
      )}
      {dialog === 'resume' && pause !== undefined && (
        <ResumeDialog service={service} pause={pause} onClose={() => setDialog(undefined)} />
      )}
    </div>
  );
}
