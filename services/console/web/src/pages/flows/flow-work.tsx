import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { failuresQuery, serviceJobsQuery } from '../../api/queries.ts';
import { failureHeadline } from '../../failures/failure-words.ts';
import { jobSentence } from '../../jobs/bulk-summary.ts';
import { JobProgress } from '../../jobs/job-progress.tsx';
import { HourStrip } from '../../ui/hour-strip.tsx';
import { Panel } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago } from '../../ui/times.tsx';
import { counted } from '../../words/counting.ts';
import { jobState } from '../../words/states.ts';

interface OfConsumer {
  readonly service: string;
  readonly consumer: string;
}

/** What fails in one consumer. */
export function FlowFailures({ service, consumer }: OfConsumer): ReactElement {
  const { data, error } = useQuery(failuresQuery);
  const own = (data?.groups ?? []).filter((group) => group.service === service && group.consumer === consumer);
  return (
    <Panel
      title="What fails"
      aside={
        <Link to="/failures" search={{ service, consumer }}>
          in the list of failures
        </Link>
      }
    >
      {error !== null && <ProblemPanel what="The failures could not be loaded." error={error} />}
      {data !== undefined && own.length === 0 && (
        <p className="muted">Nothing fails here. Failures appear by what they have in common.</p>
      )}
      <ul className="plain-list">
        {own.slice(0, 5).map((group) => (
          <li key={group.fingerprint} className="failure-line">
            <div>
              <Link to="/failures/$service/$fingerprint" params={{ service, fingerprint: group.fingerprint }}>
                {failureHeadline(group)}
              </Link>
              <span className="sub">
                {counted(group.entries, 'entry', 'entries')}, last <Ago at={group.lastAt} />
              </span>
            </div>
            <HourStrip hours={group.hours} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

/** The newest jobs of one consumer. */
export function FlowJobs({ service, consumer }: OfConsumer): ReactElement {
  const { data, error } = useQuery(serviceJobsQuery(service));
  const own = (data?.jobs ?? []).filter((job) => job.consumer === consumer).slice(0, 4);
  return (
    <Panel title="Jobs" aside={<Link to="/jobs">all jobs</Link>}>
      {error !== null && <ProblemPanel what="The jobs could not be loaded." error={error} />}
      {data !== undefined && own.length === 0 && (
        <p className="muted">No job was run here. Bulk redrives and replays appear with their progress.</p>
      )}
      <ul className="plain-list">
        {own.map((job) => (
          <li key={job.id}>
            <StateBadge state={jobState(job).state} />{' '}
            <Link to="/jobs/$service/$id" params={{ service, id: job.id }}>
              {job.kind} by {job.actor}, <Ago at={job.createdAt} />
            </Link>
            <JobProgress job={job} />
            <span className="sub">{jobSentence(job)}</span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
