import type { JobView, ShadowReport } from '@waybill/service/operations';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useEffect, useState, type ReactElement } from 'react';
import { jobQuery } from '../../api/queries.ts';
import { jobSentence, jobShares, paceWords, withJobSample, type JobSample } from '../../jobs/bulk-summary.ts';
import { JobProgress } from '../../jobs/job-progress.tsx';
import { Facts, Loading, Panel } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { At } from '../../ui/times.tsx';
import { counted, grouped } from '../../words/counting.ts';
import { jobTitle } from '../../words/job-titles.ts';
import { jobState } from '../../words/states.ts';
import { JobChart } from './job-chart.tsx';
import { JobControls } from './job-controls.tsx';
import { RebuildPanel } from './rebuild-panel.tsx';
import { ShadowReportPanel } from './shadow-report.tsx';
import './jobs.css';

const route = getRouteApi('/jobs/$service/$id');

/** One job: what, by whom, how far, how fast, and the ways to steer it. */
export function JobPage(): ReactElement {
  const { service, id } = route.useParams();
  const { data: job, error, refetch } = useQuery(jobQuery(service, id));
  const samples = useSamples(job);
  if (job === undefined) {
    return (
      <div className="page">
        <h1>Job</h1>
        {error === null ? (
          <Loading what="the job" />
        ) : (
          <ProblemPanel
            what="The job could not be loaded."
            error={error}
            still="It goes on without the console."
            onRetry={() => void refetch()}
          />
        )}
      </div>
    );
  }
  const { state, detail } = jobState(job);
  return (
    <div className="page">
      <div>
        <nav className="crumbs" aria-label="Where this is">
          <Link to="/jobs">Jobs</Link> / {service}
        </nav>
        <h1>{jobTitle(job)}</h1>
        <p className="muted">{job.reason}</p>
      </div>
      {error !== null && (
        <ProblemPanel what="It could not be asked for anew." error={error} still="What is shown is from before." />
      )}
      <Panel title="How far">
        <div className="stack">
          <p>
            <StateBadge state={state} /> {detail}
          </p>
          <div className="job-large">
            <JobProgress job={job} />
          </div>
          <p>{jobSentence(job)}</p>
          <Counts service={service} job={job} />
          <JobControls service={service} job={job} />
        </div>
      </Panel>
      {job.kind === 'rebuild' && <RebuildPanel service={service} job={job} />}
      {job.kind === 'shadow' && <ShadowReportPanel report={job.report as ShadowReport | undefined} />}
      <Panel
        title="Since you look"
        aside={<span className="muted small">done, failed again and left, as they are reported</span>}
      >
        <JobChart samples={samples} />
      </Panel>
      <Panel title="What was asked for">
        <Facts
          facts={[
            ['By', job.actor],
            ['Approved by', job.approvedBy ?? 'nobody; it was small enough'],
            ['Begun', <At key="begun" at={job.createdAt} />],
            ...(job.endedAt === undefined ? [] : [['Ended', <At key="ended" at={job.endedAt} />] as const]),
            [
              'Consumer',
              <Link key="consumer" to="/flows/$service/$consumer" params={{ service, consumer: job.consumer }}>
                {job.consumer}
              </Link>,
            ],
            ['Of what', selectionWords(job.selection)],
            ['Touches', touchedWords(job)],
            ['Pace', paceWords(job.pace)],
            [
              'Audit',
              <Link key="audit" to="/audit" search={{ service, target: `job/${job.id}` }}>
                its entries of the audit trail
              </Link>,
            ],
          ]}
        />
      </Panel>
    </div>
  );
}

function Counts({ service, job }: { readonly service: string; readonly job: JobView }): ReactElement {
  const { done, failed, passed, left } = jobShares(job);
  return (
    <dl className="job-counts">
      <div>
        <dt>Done</dt>
        <dd>{grouped(done)}</dd>
      </div>
      <div>
        <dt>Failed again</dt>
        <dd>
          {failed === 0 ? (
            0
          ) : (
            <Link
              to="/flows/$service/$consumer"
              params={{ service, consumer: job.consumer }}
              search={{ state: 'dead' }}
              className="hurt"
            >
              {grouped(failed)}
            </Link>
          )}
        </dd>
      </div>
      <div>
        <dt title="Skipped, or not there any more when their turn came">Passed over</dt>
        <dd>{grouped(passed)}</dd>
      </div>
      <div>
        <dt>Under way</dt>
        <dd>{grouped(job.underWay)}</dd>
      </div>
      <div>
        <dt>Left</dt>
        <dd>{grouped(left)}</dd>
      </div>
    </dl>
  );
}

function touchedWords({ kind, total }: JobView): string {
  if (kind === 'redrive') return counted(total, 'entry', 'entries');
  return counted(total, kind === 'rebuild' ? 'record' : 'event');
}

function selectionWords(selection: Readonly<Record<string, unknown>>): string {
  const parts = Object.entries(selection).map(
    ([name, value]) => `${name} ${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  return parts.length === 0 ? 'everything' : parts.join(', ');
}

function useSamples(job: JobView | undefined): readonly JobSample[] {
  const [samples, setSamples] = useState<readonly JobSample[]>([]);
  useEffect(() => {
    if (job === undefined) return;
    setSamples((before) => withJobSample(before, { at: Date.now() / 1_000, ...jobShares(job) }));
  }, [job]);
  return samples;
}
