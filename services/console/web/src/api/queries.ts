import type { ApprovalView, AuditPage, FlowView, JobView, ParkedEntry, ParkedPage } from '@waybill/service/operations';
import { queryOptions } from '@tanstack/react-query';
import type { ApprovalsBody, AuditBody, FailuresBody, JobsBody, OverviewBody, Session, TraceBody } from './bodies.ts';
import { opsPath, readJson } from './client.ts';

type Query = Readonly<Record<string, string | undefined>>;

/** How often a list that somebody looks at asks for what is new, in milliseconds. */
const listEveryMs = 10_000;

export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: ({ signal }) => readJson<Session>('/api/session', signal),
  staleTime: 5 * 60_000,
});

export const overviewQuery = queryOptions({
  queryKey: ['overview'],
  queryFn: ({ signal }) => readJson<OverviewBody>('/api/overview', signal),
  staleTime: 5_000,
  refetchInterval: listEveryMs,
});

/** How one consumer did over the last day. */
export function flowQuery(service: string, consumer: string) {
  return queryOptions({
    queryKey: ['flow', service, consumer],
    queryFn: ({ signal }) => readJson<FlowView>(opsPath(service, `flows/${encodeURIComponent(consumer)}`), signal),
    // A day of samples is read for it, and a step is a minute or more.
    refetchInterval: 3 * listEveryMs,
  });
}

export const failuresQuery = queryOptions({
  queryKey: ['failures'],
  queryFn: ({ signal }) => readJson<FailuresBody>('/api/failures', signal),
  refetchInterval: listEveryMs,
});

export const jobsQuery = queryOptions({
  queryKey: ['jobs'],
  queryFn: ({ signal }) => readJson<JobsBody>('/api/jobs', signal),
  refetchInterval: listEveryMs,
});

/** Approvals of all services; those that wait alone when `state` says so. */
export function approvalsQuery(state: 'waiting' | 'all') {
  return queryOptions({
    queryKey: ['approvals', state],
    queryFn: ({ signal }) =>
      readJson<ApprovalsBody>(state === 'waiting' ? '/api/approvals?state=waiting' : '/api/approvals', signal),
    refetchInterval: listEveryMs,
  });
}

export function traceQuery(id: string) {
  return queryOptions({
    queryKey: ['trace', id],
    queryFn: ({ signal }) => readJson<TraceBody>(`/api/trace?id=${encodeURIComponent(id)}`, signal),
  });
}

export function auditQuery(filter: Query & { readonly limit: string }) {
  const { service, ...rest } = filter;
  return queryOptions({
    queryKey: ['audit', filter],
    queryFn: async ({ signal }): Promise<AuditBody> => {
      if (service === undefined) {
        const params = new URLSearchParams(
          Object.entries(rest).filter((pair): pair is [string, string] => pair[1] !== undefined),
        );
        return readJson<AuditBody>(`/api/audit?${params.toString()}`, signal);
      }
      const page = await readJson<AuditPage>(opsPath(service, 'audit', rest), signal);
      return { entries: page.entries.map((entry) => ({ ...entry, service })), unreachable: [] };
    },
  });
}

export function parkedListQuery(service: string, query: Query) {
  return queryOptions({
    queryKey: ['parked', service, 'list', query],
    queryFn: ({ signal }) => readJson<ParkedPage>(opsPath(service, 'parked', query), signal),
    refetchInterval: listEveryMs,
  });
}

/** One parked entry. @param unmask The approval by which its personal values may be seen. */
export function parkedEntryQuery(service: string, id: string, unmask?: string) {
  return queryOptions({
    queryKey: ['parked', service, 'entry', id, unmask ?? ''],
    queryFn: ({ signal }) =>
      readJson<ParkedEntry>(opsPath(service, `parked/${encodeURIComponent(id)}`, { unmask }), signal),
  });
}

export function jobQuery(service: string, id: string) {
  return queryOptions({
    queryKey: ['jobs', service, id],
    queryFn: ({ signal }) => readJson<JobView>(opsPath(service, `jobs/${encodeURIComponent(id)}`), signal),
    refetchInterval: (query) => (query.state.data?.state === 'running' ? 1_000 : listEveryMs),
  });
}

/** Jobs of one service, newest first. */
export function serviceJobsQuery(service: string) {
  return queryOptions({
    queryKey: ['jobs', service],
    queryFn: ({ signal }) => readJson<{ readonly jobs: readonly JobView[] }>(opsPath(service, 'jobs'), signal),
    refetchInterval: listEveryMs,
  });
}

export function serviceApprovalsQuery(service: string) {
  return queryOptions({
    queryKey: ['approvals', 'of', service],
    queryFn: ({ signal }) =>
      readJson<{ readonly approvals: readonly ApprovalView[] }>(opsPath(service, 'approvals'), signal),
  });
}
