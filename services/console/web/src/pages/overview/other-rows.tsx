import type { Overview } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { Problem } from '../../api/bodies.ts';
import { pauseOfAll } from '../../flows/flow-rows.ts';
import { rateWords, zeroWords } from '../../flows/flow-words.ts';
import { StateBadge } from '../../ui/state-badge.tsx';
import { counted, grouped, listed } from '../../words/counting.ts';
import { durationWords } from '../../words/durations.ts';
import type { StateWords } from '../../words/states.ts';

type Relay = NonNullable<Overview['relay']>;

/** The publishing of a service. */
export function RelayRow({ service, relay }: { readonly service: string; readonly relay: Relay }): ReactElement {
  const { state, detail } = relayState(relay);
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
      <td data-label="Published">
        {relay.publishedPerSecond === undefined ? (
          <span className="muted">not known yet</span>
        ) : (
          <Link to="/flows" hash={`relay-${service}`} className="plain-link">
            {rateWords(relay.publishedPerSecond)} a second
          </Link>
        )}
        <span className="sub">{grouped(relay.published)} since its start</span>
      </td>
      <td data-label="Lag">
        {relay.lagEvents === 0 ? (
          <span className="muted">all is out</span>
        ) : (
          <Link to="/flows" hash={`relay-${service}`} className="plain-link">
            {durationWords(relay.lagMs)} behind
            <span className="sub">
              {counted(Math.round(relay.lagEvents), 'event')} · {zeroWords(relay.toZero)}
            </span>
          </Link>
        )}
      </td>
      <td data-label="Held">
        {relay.held === 0 ? (
          <span className="muted">nothing</span>
        ) : (
          <Link to="/flows" hash={`relay-${service}`} className="hurt">
            {counted(relay.held, 'entity', 'entities')} held
          </Link>
        )}
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
  const pause = pauseOfAll(relay);
  if (pause !== undefined) return { state: 'waiting', detail: `paused by ${pause.actor}: ${pause.reason}` };
  if (!relay.connected) return { state: 'retrying', detail: 'no connection' };
  if (relay.held > 0) return { state: 'dead', detail: 'events that cannot be published hold their entities' };
  const shards = relay.pauses.map(({ name }) => name);
  return {
    state: 'running',
    detail: shards.length === 0 ? undefined : `paused: ${shards.length === 1 ? 'shard' : 'shards'} ${listed(shards)}`,
  };
}
