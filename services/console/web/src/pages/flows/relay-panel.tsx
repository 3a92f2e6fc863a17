import type { Overview, PauseView } from '@waybill/service/operations';
import { useState, type ReactElement } from 'react';
import { useWhyNot } from '../../api/session.tsx';
import { rateWords, zeroWords } from '../../flows/flow-words.ts';
import { pauseOfAll } from '../../flows/flow-rows.ts';
import { GuardedButton, WhyNot } from '../../ui/guarded-button.tsx';
import { NumberField } from '../../ui/number-field.tsx';
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

const lastShard = 15;

/** How a service publishes, with pause and resume of all of it or of one of its shards. */
export function RelayPanel({ service, relay }: RelayPanelProps): ReactElement {
  const [dialog, setDialog] = useState<'pause' | 'pause-shard' | PauseView>();
  const [shard, setShard] = useState(0);
  const whyNot = useWhyNot('pause');
  const { state, detail } = relayState(relay);
  const whole = pauseOfAll(relay);
  const shards = relay.pauses.filter((pause) => pause !== whole);
  const close = () => setDialog(undefined);
  return (
    <div className="relay" id={`relay-${service}`}>
      <div>
        <h3>Publishing</h3>
        <p>
          <StateBadge state={state} /> {detail}
          {whole !== undefined && (
            <>
              , ends <Ago at={whole.until} />
            </>
          )}
        </p>
        {whole === undefined && <Figures relay={relay} />}
        {shards.map((pause) => (
          <p key={pause.id}>
            Shard {pause.name} is paused by {pause.actor}: {pause.reason}; ends <Ago at={pause.until} />{' '}
            <GuardedButton whyNot={whyNot} onPress={() => setDialog(pause)}>
              Resume shard {pause.name}…
            </GuardedButton>
          </p>
        ))}
      </div>
      <div className="stack">
        <div className="actions">
          {whole === undefined ? (
            <>
              <GuardedButton whyNot={whyNot} onPress={() => setDialog('pause')}>
                Pause publishing…
              </GuardedButton>
              <GuardedButton whyNot={whyNot} onPress={() => setDialog('pause-shard')}>
                Pause a shard…
              </GuardedButton>
            </>
          ) : (
            <GuardedButton look="primary" whyNot={whyNot} onPress={() => setDialog(whole)}>
              Resume publishing…
            </GuardedButton>
          )}
        </div>
        <WhyNot reasons={[whyNot]} />
      </div>
      {dialog === 'pause' && (
        <PauseDialog service={service} scope="relay" name="*" what={`the publishing of ${service}`} onClose={close}>
          Events of {service} are still written with their transactions, and wait in its outbox. No consumer of any
          service sees them until it is resumed; then they come out in order.
        </PauseDialog>
      )}
      {dialog === 'pause-shard' && (
        <PauseDialog
          service={service}
          scope="relay"
          name={String(shard)}
          what={`shard ${shard} of the publishing of ${service}`}
          onClose={close}
          fields={
            <NumberField label="Shard" value={shard} min={0} max={lastShard} counted="in-whole" onChange={setShard} />
          }
        >
          A sixteenth of the entities of {service} are in each of its shards, 0 to {lastShard}. The events of those in
          this one wait in the outbox, in order; all others go out.
        </PauseDialog>
      )}
      {typeof dialog === 'object' && <ResumeDialog service={service} pause={dialog} onClose={close} />}
    </div>
  );
}

function Figures({ relay }: Pick<RelayPanelProps, 'relay'>): ReactElement {
  const { lagEvents, lagMs, toZero, publishedPerSecond, published, held, shards } = relay;
  const lag =
    lagEvents === 0
      ? 'All is out'
      : `${counted(Math.round(lagEvents), 'event')} wait, ${durationWords(lagMs)} behind, ${zeroWords(toZero)}`;
  const rate = publishedPerSecond === undefined ? '' : `${rateWords(publishedPerSecond)} a second, `;
  return (
    <p className="muted">
      {lag}; {rate}
      {grouped(published)} published since its start,{' '}
      {held === 0 ? 'nothing held' : counted(held, 'entity held', 'entities held')}, {counted(shards.length, 'shard')}
    </p>
  );
}
