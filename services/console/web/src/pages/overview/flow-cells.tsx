import type { ConsumerView } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { brokenBreakers, budgetWords, isLate, lagWords, promiseWords, zeroWords } from '../../flows/flow-words.ts';
import { standStill } from '../../flows/overview-sentence.ts';
import { Sparkline } from '../../ui/sparkline.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { For } from '../../ui/times.tsx';
import { counted, grouped } from '../../words/counting.ts';
import { durationWords } from '../../words/durations.ts';
import { consumerState } from '../../words/states.ts';

interface CellProps {
  readonly service: string;
  readonly consumer: ConsumerView;
}

/** Its state in a word, with why: a pause and its reason, a dependency that is left alone. */
export function StateCell({ consumer }: Pick<CellProps, 'consumer'>): ReactElement {
  const { state, detail } = consumerState(consumer);
  return (
    <>
      <StateBadge state={state} />
      {detail !== undefined && <span className="sub">{detail}</span>}
      {brokenBreakers(consumer).map(({ dependency, state: breaker, since }) => (
        <span className="sub" key={dependency}>
          {dependency} {breaker === 'open' ? 'is left alone' : 'is being tried'} for <For at={since} />
        </span>
      ))}
    </>
  );
}

/** How soon its events are visible, against what is promised, and over the last hour. */
export function VisibilityCell({ service, consumer }: CellProps): ReactElement {
  const { name, flow } = consumer;
  if (flow === undefined) return <span className="muted">not sampled yet</span>;
  const { visibility, objective, minutes } = flow;
  const isSlow = visibility === undefined || visibility.p95Ms > objective.visibleWithinMs;
  return (
    <Link
      to="/flows/$service/$consumer"
      params={{ service, consumer: name }}
      hash="panel-time-to-visibility"
      className="visibility-link"
      title={`${promiseWords(objective)} is promised; ${budgetWords(objective.burnt)}`}
    >
      <span className={isLate(flow) ? 'hurt' : ''}>
        {visibility === undefined ? (isLate(flow) ? 'none yet' : 'quiet') : durationWords(visibility.p95Ms)}
      </span>{' '}
      <span className="muted nowrap">
        {visibility === undefined ? 'in' : 'of'} {durationWords(objective.visibleWithinMs)}
        {isLate(flow) && (isSlow ? ', late' : ', some late')}
      </span>
      <Sparkline minutes={minutes} objectiveMs={objective.visibleWithinMs} />
    </Link>
  );
}

/** How far behind it is, and where that goes. */
export function LagCell({ service, consumer }: CellProps): ReactElement {
  const { name, flow } = consumer;
  if (flow?.lagEvents === undefined) return <span className="muted">not known</span>;
  if (flow.lagEvents === 0) return <span className="muted">all is read</span>;
  return (
    <Link to="/flows/$service/$consumer" params={{ service, consumer: name }} hash="panel-lag" className="plain-link">
      {lagWords(flow) ?? counted(flow.lagEvents, 'event')}
      <span className="sub">
        {lagWords(flow) === undefined ? '' : `${counted(flow.lagEvents, 'event')} · `}
        {zeroWords(flow.toZero)}
      </span>
    </Link>
  );
}

/** What is parked, by its state, and for how long the oldest is. */
export function ParkedCell({ service, consumer }: CellProps): ReactElement {
  const params = { service, consumer: consumer.name };
  const states = (['dead', 'retrying', 'waiting'] as const).filter((state) => consumer[state] > 0);
  if (states.length === 0) return <span className="muted">nothing</span>;
  return (
    <>
      <span className="counts">
        {states.map((state) => (
          <Link
            key={state}
            to="/flows/$service/$consumer"
            params={params}
            search={{ state }}
            className={`count count-${state}`}
          >
            {grouped(consumer[state])} {state}
          </Link>
        ))}
      </span>
      {consumer.blockedEntities > 0 && (
        <Link to="/flows/$service/$consumer" params={params} search={{ state: 'dead' }} className="hurt sub">
          {standStill(consumer)} stand still
        </Link>
      )}
      {consumer.oldestParkedAt !== undefined && (
        <span className="sub">
          oldest for <For at={consumer.oldestParkedAt} />
        </span>
      )}
    </>
  );
}
