import type { KnownState } from '../failures/known-words.ts';

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
