import type { PauseView } from '@waybill/service/operations';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import type { OverviewBody } from '../../api/bodies.ts';
import { approvalsQuery, auditQuery, jobsQuery } from '../../api/queries.ts';
import { useSession, useWhyNot } from '../../api/session.tsx';
import { JobProgress } from '../../jobs/job-progress.tsx';
import { jobSentence } from '../../jobs/bulk-summary.ts';
import { Panel } from '../../ui/panels.tsx';
import { Ago } from '../../ui/times.tsx';
import { deed } from '../../words/deeds.ts';
import { jobTitle } from '../../words/job-titles.ts';

/** Beside the flows: what runs, what waits for the reader, and what changed. */
export function Lately({ overview }: { readonly overview: OverviewBody }): ReactElement {
  return (
    <div className="stack">
      <RunningJobs />
      <ForMe />
      <Pauses overview={overview} />
      <Changes />
    </div>
  );
}

function RunningJobs(): ReactElement {
  const { data } = useQuery(jobsQuery);
  const running = (data?.jobs ?? []).filter(({ state }) => state !== 'done' && state !== 'cancelled').slice(0, 4);
  return (
    <Panel title="Jobs under way" aside={<Link to="/jobs">all jobs</Link>}>
      {running.length === 0 ? (
        <p className="muted">No job runs. A bulk redrive or a replay shows its progress here.</p>
      ) : (
        <ul className="plain-list">
          {running.map((job) => (
            <li key={job.id}>
              <Link to="/jobs/$service/$id" params={{ service: job.service, id: job.id }}>
                {jobTitle(job)}
              </Link>
              <JobProgress job={job} />
              <span className="sub">
                {job.state === 'running' ? '' : `${job.state} · `}
                {jobSentence(job)}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function ForMe(): ReactElement {
  const { user } = useSession();
  const whyNot = useWhyNot('approve');
  const { data } = useQuery(approvalsQuery('waiting'));
  const others = (data?.approvals ?? []).filter(({ actor }) => actor !== user.id);
  return (
    <Panel title="Waits for you" aside={<Link to="/approvals">all approvals</Link>}>
      {whyNot !== undefined && others.length > 0 && <p className="muted small">{whyNot}</p>}
      {others.length === 0 ? (
        <p className="muted">Nobody waits for you. What needs a second person appears here.</p>
      ) : (
        <ul className="plain-list">
          {others.slice(0, 4).map((approval) => (
            <li key={approval.id}>
              <Link to="/approvals">
                {deed(approval.operation)} in {approval.service}
              </Link>
              <span className="sub">
                {approval.actor}, <Ago at={approval.askedAt} />: {approval.reason}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

function Pauses({ overview }: { readonly overview: OverviewBody }): ReactElement {
  const pauses = overview.services.flatMap((answer) =>
    'overview' in answer ? answer.overview.pauses.map((pause) => ({ ...pause, service: answer.service })) : [],
  );
  return (
    <Panel title="Paused by somebody" aside={<Link to="/flows">all flows</Link>}>
      {pauses.length === 0 ? (
        <p className="muted">Nothing is paused. A pause shows here with its reason and its end.</p>
      ) : (
        <ul className="plain-list">
          {pauses.map((pause) => (
            <li key={pause.id}>
              {pausedThing(pause)}
              <span className="sub">
                {pause.actor}: {pause.reason}; ends <Ago at={pause.until} />
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}

/** What stands still: `consumer orders.process`, `relay of orders`, `shard 3 of the relay of orders`. */
function pausedThing({ scope, name, mode, service }: PauseView & { readonly service: string }): string {
  if (scope !== 'relay') return `${scope} ${name}${mode === 'drain' ? ', draining' : ''}`;
  return name === '*' ? `relay of ${service}` : `shard ${name} of the relay of ${service}`;
}

/** The newest of the audit trail, for those who may read it. */
function Changes(): ReactElement | undefined {
  const whyNot = useWhyNot('audit');
  const { data } = useQuery({ ...auditQuery({ limit: '5' }), enabled: whyNot === undefined });
  if (whyNot !== undefined) return undefined;
  return (
    <Panel title="Done lately" aside={<Link to="/audit">audit trail</Link>}>
      {(data?.entries ?? []).length === 0 ? (
        <p className="muted">Nothing was done yet. Each action of a person appears here.</p>
      ) : (
        <ul className="plain-list">
          {data?.entries.map((entry) => (
            <li key={`${entry.service}${entry.seq}`}>
              {entry.actor}: {deed(entry.action)}
              <span className="sub">
                <Ago at={entry.at} /> in {entry.service}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Panel>
  );
}
