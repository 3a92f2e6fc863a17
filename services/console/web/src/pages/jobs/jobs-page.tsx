import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { JobOfService } from '../../api/bodies.ts';
import { jobsQuery } from '../../api/queries.ts';
import { jobSentence } from '../../jobs/bulk-summary.ts';
import { JobProgress } from '../../jobs/job-progress.tsx';
import type { HeldRow } from '../../lists/held-list.ts';
import { useHeldList } from '../../lists/use-held-list.ts';
import { FreshBar } from '../../ui/fresh-bar.tsx';
import { Empty, Loading } from '../../ui/panels.tsx';
import { ProblemPanel, Unreachable } from '../../ui/problems.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago } from '../../ui/times.tsx';
import { jobTitle } from '../../words/job-titles.ts';
import { jobState } from '../../words/states.ts';
import './jobs.css';

const route = getRouteApi('/jobs');

/** Bulk redrives and replays of all services, newest first. */
export function JobsPage(): ReactElement {
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const jobs = useQuery(jobsQuery);
  const fitting = jobs.data?.jobs.filter((job) => filter.state === undefined || job.state === filter.state);
  const held = useHeldList(fitting, (job) => job.id, filter.state ?? '');
  return (
    <div className="page">
      <h1>Jobs</h1>
      <div className="filters">
        <NativeSelect
          label="State"
          value={filter.state ?? ''}
          data={[
            { value: '', label: 'all' },
            'running',
            'paused',
            { value: 'stopped', label: 'stopped by itself' },
            'ready',
            'cancelled',
            'done',
          ]}
          onChange={(event) => void navigate({ search: { state: event.target.value }, replace: true })}
        />
      </div>
      <Unreachable services={jobs.data?.unreachable ?? []} what="jobs" />
      <FreshBar fresh={held.fresh} changed={held.changed} onShow={held.showLatest} />
      {jobs.data === undefined && jobs.error === null && <Loading what="the jobs" />}
      {jobs.error !== null && (
        <ProblemPanel
          what="The jobs could not be loaded."
          error={jobs.error}
          still="Jobs go on without the console."
          onRetry={() => void jobs.refetch()}
        />
      )}
      {jobs.data !== undefined && held.rows.length === 0 && (
        <div className="table-wrap">
          <Empty title={filter.state === undefined ? 'No job was run yet' : 'No job is in this state'}>
            A redrive of many entries, or a replay, is a job: it appears here with its progress, and can be paused,
            slowed and cancelled.
          </Empty>
        </div>
      )}
      {held.rows.length > 0 && <JobTable rows={held.rows} />}
    </div>
  );
}

function JobTable({ rows }: { readonly rows: readonly HeldRow<JobOfService>[] }): ReactElement {
  return (
    <div className="table-wrap">
      <table className="table table-cards">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col">Progress</th>
            <th scope="col">By whom</th>
            <th scope="col">Begun</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item: job }) => (
            <tr key={job.id} data-row>
              <td className="wide job-cell">
                <Link
                  to="/jobs/$service/$id"
                  params={{ service: job.service, id: job.id }}
                  className="row-title"
                  data-row-link
                >
                  {jobTitle(job)}
                </Link>
                <span className="sub">{job.reason}</span>
              </td>
              <td data-label="State" className="wide">
                <StateBadge state={jobState(job).state} />
                <span className="sub">{jobState(job).detail}</span>
              </td>
              <td data-label="Progress" className="wide job-progress-cell">
                <JobProgress job={job} />
                <span className="sub">{jobSentence(job)}</span>
              </td>
              <td data-label="By whom">
                {job.actor}
                {job.approvedBy !== undefined && <span className="sub">approved by {job.approvedBy}</span>}
              </td>
              <td data-label="Begun" className="nowrap">
                <Ago at={job.createdAt} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
