import type { Overview } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import type { Problem } from '../../api/bodies.ts';
import { timeToZero, withSample, type RelaySample } from '../../flows/relay-samples.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { counted, grouped } from '../../words/counting.ts';
import { durationWords } from '../../words/durations.ts';
import type { StateWords } from '../../words/states.ts';

type Relay = NonNullable<Overview['relay']>;

/** The publishing of a service. */
export function RelayRow({ service, relay }: { readonly service: string; readonly relay: Relay }): ReactElement {
  const { state, detail } = relayState(relay);
  const samples = useSamples(relay);
  return (
    <tr data-row>
      <td className="wide">
        <Link to="/flows" hash={`relay-${service}`} className="row-title" data-row-link>
          {service} publishes
        </Link>
        <span className="sub">
          {service} · relay · {counted(relay.shards.length, 'shard')}
        </span>
      </td>
      <td data-label="State">
        <StateBadge state={state} />
        {detail !== undefined && <span className="sub">{detail}</span>}
      </td>
      <td data-label="Stands still">
        {relay.held === 0 ? (
          <span className="muted">nothing</span>
        ) : (
          <span className="hurt">{counted(relay.held, 'entity', 'entities')}</span>
        )}
      </td>
      <td data-label="Lag">
        {relay.lagEvents === 0 ? (
          <span className="muted">all is out</span>
        ) : (
          <>
            {durationWords(relay.lagMs)} behind
            <span className="sub">
              {counted(Math.round(relay.lagEvents), 'event')} · {zeroWords(timeToZero(samples))}
            </span>
          </>
        )}
      </td>
      <td data-label="Published">
        {grouped(relay.published)} <span className="muted">published</span>
      </td>
    </tr>
  );
}

/** A service of which nothing is known. */
export function SilentRow({ service, problem }: { readonly service: string; readonly problem: Problem }): ReactElement {
  return (
    <tr>
      <td className="wide">
        <span className="row-title">{service}</span>
        <span className="sub">does not answer</span>
      </td>
      <td data-label="State">
        <StateBadge state="dead" />
      </td>
      <td colSpan={3} className="wide">
        {problem.detail ?? problem.title ?? 'No answer.'} What it does is not known here; look at its health and logs.
      </td>
    </tr>
  );
}

/** How the publishing of a service is, in one of the five states. */
export function relayState(relay: Relay): StateWords {
  const [pause] = relay.pauses;
  if (pause !== undefined) return { state: 'waiting', detail: `paused by ${pause.actor}: ${pause.reason}` };
  if (!relay.connected) return { state: 'retrying', detail: 'no connection' };
  if (relay.held > 0) return { state: 'dead', detail: 'events that cannot be published hold their entities' };
  return { state: 'running', detail: undefined };
}

function zeroWords(ms: number | undefined): string {
  return ms === undefined ? 'no estimate yet' : `at zero in about ${durationWords(ms)}`;
}

function useSamples(relay: Relay): readonly RelaySample[] {
  const [samples, setSamples] = useState<readonly RelaySample[]>([]);
  const { published, lagEvents } = relay;
  useEffect(() => {
    setSamples((before) => withSample(before, { at: Date.now(), published, lagEvents }));
  }, [published, lagEvents]);
  return samples;
}
