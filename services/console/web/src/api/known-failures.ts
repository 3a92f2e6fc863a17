import { queryOptions } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';
import { readJson } from './client.ts';
import type { KnownBody } from './known-bodies.ts';

/** Failed events of all services that fit a filter, the newest first. */
export function knownFailuresQuery(query: Readonly<Record<string, string | undefined>>) {
  const set = Object.entries(query).filter((pair): pair is [string, string] => pair[1] !== undefined && pair[1] !== '');
  return queryOptions({
    queryKey: ['failures', 'known', query],
    queryFn: ({ signal }) => readJson<KnownBody>(`/api/parked?${new URLSearchParams(set).toString()}`, signal),
    refetchInterval: 10_000,
  });
}

/** Whether what went wrong is that a service does not answer the console. */
export function isSilence(error: unknown): boolean {
  return error instanceof ApiProblem && error.problem.type === 'urn:waybill:problem:console.service-unreachable';
}
