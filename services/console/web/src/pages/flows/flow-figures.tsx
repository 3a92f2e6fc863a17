import type { ConsumerView, FlowView } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import { useEffect, type ReactElement } from 'react';
import { budgetWords, lagWords, promiseWords, rateWords, zeroWords } from '../../flows/flow-words.ts';
import { flowLines } from '../../flows/flow-lines.ts';
import { Facts, Panel } from '../../ui/panels.tsx';
import { TimeChart } from '../../ui/time-chart.tsx';
import { Ago } from '../../ui/times.tsx';
import { counted, grouped, percent } from '../../words/counting.ts';
import { durationWords } from '../../words/durations.ts';
import { FlowPartitions } from './flow-partitions.tsx';

interface FlowFiguresProps {
  readonly service: string;
  readonly consumer: ConsumerView;
  readonly flow: FlowView;
}

/** What is promised of a flow and what it does: times, rates, lag, and what its retries cost. */
export function FlowFigures({ service, consumer, flow }: FlowFiguresProps): ReactElement {
  const { now, steps } = flow;
  useEffect(() => {
    // What an address points at is here only now.
    if (window.location.hash !== '') document.querySelector(window.location.hash)?.scrollIntoView();
  }, []);
  if (now === undefined || steps.length === 0) {
    return (
      <Panel title="Time to visibility">
        <p className="muted">No sample yet. The first one is there ten seconds after the service has started.</p>
      </Panel>
    );
  }
  const lines = flowLines(flow, now.objective.visibleWithinMs);
  return (
    <>
      <Panel
        title="Time to visibility"
        aside={<span className="muted">from when an event happened to when it was handled</span>}
      >
        <div className="stack">
          <div className="flow-columns">
            <Objective flow={flow} now={now} />
            <Visibility now={now} />
          </div>
          <TimeChart
            words={`Chart of the time to visibility over a day; ${promiseWords(now.objective)} is promised`}
            times={lines.times}
            lines={lines.visibility}
            valueWords={durationWords}
            height={180}
          />
        </div>
      </Panel>
      <div className="flow-columns">
        <Panel title="Throughput">
          <div className="stack">
            <Throughput service={service} consumer={consumer} flow={flow} now={now} />
            <TimeChart
              words="Chart of what came, was handled and failed a second, over a day"
              times={lines.times}
              lines={lines.throughput}
              valueWords={rateWords}
              height={180}
            />
          </div>
        </Panel>
        <Panel title="Lag" aside={<span className="muted">what the log holds that was not read</span>}>
          <div className="stack">
            <LagFacts now={now} />
            <TimeChart
              words="Chart of how far behind the consumer was, over a day"
              times={lines.times}
              lines={lines.lag}
              valueWords={durationWords}
              height={180}
            />
          </div>
        </Panel>
      </div>
      <FlowPartitions partitions={flow.partitions} />
    </>
  );
}

type Now = NonNullable<FlowView['now']>;

const states = { kept: 'kept', missed: 'missed', quiet: 'kept, nothing was to be done' } as const;

function Objective({ flow: { budget }, now }: { readonly flow: FlowView; readonly now: Now }): ReactElement {
  const { objective } = now;
  return (
    <Facts
      facts={[
        ['Promised', promiseWords(objective)],
        [
          'In the last 5 min',
          <span key="state" className={objective.state === 'missed' ? 'hurt' : ''}>
            {states[objective.state]}
          </span>,
        ],
        [
          'Budget of a day',
          <span key="burnt" className={budget.burnt > 1 ? 'hurt' : ''}>
            {budgetWords(budget.burnt)}
          </span>,
        ],
        [
          'Late',
          `${grouped(budget.beyond)} of ${counted(budget.judged, 'event')}, ${grouped(Math.floor(budget.allowed))} may be`,
        ],
        ['Counted since', budget.from === undefined ? 'not yet' : <Ago key="from" at={budget.from} />],
      ]}
    />
  );
}

function Visibility({ now: { visibility } }: { readonly now: Now }): ReactElement {
  if (visibility === undefined) return <p className="muted">Nothing was handled in the last five minutes.</p>;
  return (
    <Facts
      facts={[
        ['Half within', durationWords(visibility.p50Ms)],
        ['19 of 20 within', durationWords(visibility.p95Ms)],
        ['99 of 100 within', durationWords(visibility.p99Ms)],
        ['The longest', durationWords(visibility.maxMs)],
      ]}
    />
  );
}

function Throughput({ service, consumer, flow, now }: FlowFiguresProps & { readonly now: Now }): ReactElement {
  const { retries } = flow;
  const came = now.camePerSecond === undefined ? 'not known' : `${rateWords(now.camePerSecond)} a second`;
  return (
    <Facts
      facts={[
        ['Comes', came],
        ['Is handled', `${rateWords(now.handledPerSecond)} a second, ${grouped(retries.handled)} in a day`],
        [
          'Fails',
          <Link key="fails" to="/failures" search={{ service, consumer: consumer.name }}>
            {rateWords(now.failedPerSecond)} a second, {counted(retries.failed, 'attempt')} in a day
          </Link>,
        ],
        [
          'Retries cost',
          retries.perHandled === undefined
            ? 'not known yet'
            : `${retries.perHandled.toLocaleString('en', { maximumFractionDigits: 2 })} failed attempts for each event handled${
                retries.wastedShare === undefined || retries.failed === 0
                  ? ''
                  : `, ${percent(retries.wastedShare)} of the working time (${durationWords(retries.wastedMs)})`
              }`,
        ],
        ...flow.breakers.map(
          ({ dependency, state, since }) =>
            [
              dependency,
              <span key={dependency} className={state === 'closed' ? '' : 'hurt'}>
                {{ closed: 'is called', open: 'is left alone', 'half-open': 'is being tried' }[state]} since{' '}
                <Ago at={since} />
              </span>,
            ] as const,
        ),
      ]}
    />
  );
}

function LagFacts({ now }: { readonly now: Now }): ReactElement {
  if (now.lagEvents === undefined) return <p className="muted">Not known: the broker does not answer the service.</p>;
  return (
    <Facts
      facts={[
        ['Not read', counted(now.lagEvents, 'event')],
        ['The oldest', lagWords(now) ?? 'none waits'],
        ['Goes', zeroWords(now.toZero)],
      ]}
    />
  );
}
