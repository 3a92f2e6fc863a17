import type { ConsumerView } from '@waybill/service/operations';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import { flowQuery, overviewQuery } from '../../api/queries.ts';
import { EntryList } from '../../entries/entry-list.tsx';
import { standStill } from '../../flows/overview-sentence.ts';
import { Facts, Loading, Panel } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago, For } from '../../ui/times.tsx';
import { counted, listed } from '../../words/counting.ts';
import { consumerState } from '../../words/states.ts';
import { DependencyActions } from './dependency-actions.tsx';
import { FlowActions } from './flow-actions.tsx';
import { FlowContracts } from './flow-contracts.tsx';
import { FlowFigures } from './flow-figures.tsx';
import { FlowFailures, FlowJobs } from './flow-work.tsx';
import './flows.css';

const route = getRouteApi('/flows/$service/$consumer');

/** One consumer: how it stands, what fails in it, what can be done with it, and what is parked. */
export function FlowPage(): ReactElement {
  const { service, consumer: name } = route.useParams();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const overview = useQuery(overviewQuery);
  const flow = useQuery(flowQuery(service, name));
  const answer = overview.data?.services.find((one) => one.service === service);
  const consumer =
    answer !== undefined && 'overview' in answer
      ? answer.overview.consumers.find((one) => one.name === name)
      : undefined;
  const pauses = answer !== undefined && 'overview' in answer ? answer.overview.pauses : [];
  return (
    <div className="page">
      <div>
        <nav className="crumbs" aria-label="Where this is">
          <Link to="/flows">Flows</Link> / {service}
        </nav>
        <h1>{name}</h1>
      </div>
      {overview.data === undefined && overview.error === null && <Loading what="the flow" />}
      {overview.error !== null && (
        <ProblemPanel
          what="How it stands could not be loaded."
          error={overview.error}
          onRetry={() => void overview.refetch()}
        />
      )}
      {overview.data !== undefined && consumer === undefined && (
        <p className="notice notice-retrying">
          {answer === undefined
            ? `The console knows no service ${service}.`
            : 'overview' in answer
              ? `${service} has no consumer of this name. It may have been renamed; its parked entries are below.`
              : `${service} does not answer: how ${name} stands is not known.`}
        </p>
      )}
      {consumer !== undefined && (
        <Standing service={service} consumer={consumer}>
          <DependencyActions service={service} dependencies={flow.data?.dependencies ?? []} pauses={pauses} />
        </Standing>
      )}
      {flow.error !== null && consumer !== undefined && (
        <ProblemPanel
          what="How it did over the day could not be loaded."
          error={flow.error}
          onRetry={() => void flow.refetch()}
        />
      )}
      {consumer !== undefined && flow.data !== undefined && overview.data !== undefined && (
        <>
          <FlowFigures service={service} consumer={consumer} flow={flow.data} />
          <FlowContracts service={service} consumer={name} contracts={flow.data.contracts} overview={overview.data} />
        </>
      )}
      <div className="flow-columns">
        <FlowFailures service={service} consumer={name} />
        <FlowJobs service={service} consumer={name} />
      </div>
      <EntryList
        service={service}
        consumer={name}
        filter={filter}
        onFilter={(part) =>
          void navigate({ search: (before) => ({ ...before, ...part }), replace: true, resetScroll: false })
        }
      />
    </div>
  );
}

interface StandingProps {
  readonly service: string;
  readonly consumer: ConsumerView;
  /** What else can be done. */
  readonly children: ReactNode;
}

function Standing({ service, consumer, children }: StandingProps): ReactElement {
  const { state, detail } = consumerState(consumer);
  return (
    <Panel title="How it stands">
      <div className="stack">
        <p>
          <StateBadge state={state} /> {detail}
          {consumer.pause !== undefined && (
            <>
              , ends <Ago at={consumer.pause.until} />
            </>
          )}
        </p>
        <div className="flow-columns">
          <Facts
            facts={[
              [
                'Stands still',
                consumer.dead === 0 ? (
                  'nothing'
                ) : (
                  <Link key="still" to="." search={{ state: 'dead' }} className="hurt">
                    {consumer.blockedEntities === 0
                      ? `nothing but ${counted(consumer.dead, 'dead event')}`
                      : `${standStill(consumer)} behind ${counted(consumer.dead, 'dead event')}`}
                  </Link>
                ),
              ],
              [
                'Oldest dead',
                consumer.oldestDeadAt === undefined ? 'none' : <For key="dead" at={consumer.oldestDeadAt} />,
              ],
              [
                'Oldest parked',
                consumer.oldestParkedAt === undefined ? 'none' : <For key="parked" at={consumer.oldestParkedAt} />,
              ],
            ]}
          />
          <Facts
            facts={[
              ['Reads', listed(consumer.topics)],
              ['Kind', `${consumer.kind}, ${consumer.criticality}`],
            ]}
          />
        </div>
        <FlowActions service={service} consumer={consumer} />
        {children}
      </div>
    </Panel>
  );
}
