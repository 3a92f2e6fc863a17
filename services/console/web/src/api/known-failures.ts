import { queryOptions } from '@tanstack/react-query';
import { ApiProblem } from './problem.ts';
import { readJson } from './client.ts';

/** How a failed event stands, as the console knows it. */
export type KnownState = 'retrying' | 'dead' | 'redriven' | 'recovered' | 'skipped' | 'gone';

/** A failed event of any service, as the console knows it also while that service does not answer. */
export interface KnownFailure {
  readonly id: string;
  readonly service: string;
  readonly consumer: string;
  readonly state: KnownState;
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly eventId: string;
  readonly correlationId?: string;
  readonly fingerprint?: string;
  readonly errorType?: string;
  readonly errorCode?: string;
  readonly message?: string;
  readonly attempts: number;
  readonly redriven: number;
  readonly holdsEntity: boolean;
  readonly parkedId?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: string;
  readonly occurredAt?: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly changedAt: string;
}

/** A service that does not answer, and as of when is known what is shown of it. */
export interface SilentService {
  readonly service: string;
  readonly asOf?: string;
}

/** A pause of a service that does not answer, as it told of it. */
export interface KnownPause {
  readonly service: string;
  readonly consumer: string;
  readonly dependency?: string;
  readonly reason: string;
  readonly pausedAt: string;
  readonly until?: string;
}

export interface KnownBody {
  readonly entries: readonly KnownFailure[];
  /** Counted up to 10,000. */
  readonly total: number;
  readonly next?: string;
  readonly silent: readonly SilentService[];
  readonly unreachable: readonly string[];
}

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
