import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { overviewQuery } from '../../api/queries.ts';
import { Empty, Loading } from '../../ui/panels.tsx';
import { ProblemPanel, Unreachable } from '../../ui/problems.tsx';
import { ServiceFlows } from './service-flows.tsx';
import './flows.css';

/** Every consumer and every relay, by service; where one pauses and resumes. */
export function FlowsPage(): ReactElement {
  const overview = useQuery(overviewQuery);
  const answers = overview.data?.services ?? [];
  const silent = answers.filter((answer) => !('overview' in answer)).map(({ service }) => service);
  return (
    <div className="page">
      <h1>Flows</h1>
      <Unreachable services={silent} what="flows" />
      {overview.data === undefined && overview.error === null && <Loading what="the flows" />}
      {overview.error !== null && (
        <ProblemPanel
          what="The flows could not be loaded."
          error={overview.error}
          still="Events go on without the console."
          onRetry={() => void overview.refetch()}
        />
      )}
      {overview.data !== undefined && answers.length === 0 && (
        <div className="table-wrap">
          <Empty title="No service is known">
            Each service that the console is told of appears here with its consumers.
          </Empty>
        </div>
      )}
      {answers.map((answer) =>
        'overview' in answer ? <ServiceFlows key={answer.service} overview={answer.overview} /> : undefined,
      )}
    </div>
  );
}
