import type { FailureGroup, KnownGroup, ToldGroups } from '../domain/failure-groups.ts';
import type { FailureState } from '../domain/failure-facts.ts';

/** A failed event, as the console knows it. Without its body. */
export interface KnownFailure {
  /** The console's own number of it. */
  readonly id: string;
  readonly service: string;
  readonly consumer: string;
  readonly state: FailureState;
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
  /** Its number at its service, while it is parked there. */
  readonly parkedId?: string;
  readonly topic?: string;
  readonly partition?: number;
  readonly offset?: string;
  readonly occurredAt?: string;
  readonly firstAt: string;
  readonly lastAt: string;
  /** When it came into its state. */
  readonly changedAt: string;
}

/** Which failed events are looked for; what is left out does not restrict. */
export interface FailureSearch {
  /** Words of its error, its type or its entity, or any of its ids. */
  readonly q?: string | undefined;
  readonly service?: string | undefined;
  readonly consumer?: string | undefined;
  /** One state; those that are open when left out. */
  readonly state?: FailureState | 'all' | undefined;
  readonly fingerprint?: string | undefined;
  readonly type?: string | undefined;
  readonly parkedId?: string | undefined;
  /** Of the last failure: at or after `since`, before `until`; RFC 3339. */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  /** The `id` of the last one of the page before. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** What a look at a service found out. */
export type Look =
  (ToldGroups & { readonly silentSince?: undefined }) | { readonly service: string; readonly silentSince: Date };

/** How a service answered last. */
export interface Heard {
  readonly service: string;
  /** When it answered last; undefined when it never did. */
  readonly answeredAt: Date | undefined;
  /** Since when it does not answer; undefined when it does. */
  readonly silentSince: Date | undefined;
}

/** A pause that was told of and, as far as facts tell, not ended. */
export interface KnownPause {
  readonly service: string;
  readonly consumer: string;
  readonly dependency?: string;
  readonly reason: string;
  readonly pausedAt: string;
  readonly until?: string;
}

/** A parked entry as its service lists it. */
export interface ListedEntry {
  readonly id: string;
  readonly state: 'retrying' | 'dead' | 'redriven';
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly version: number;
  readonly type: string;
  readonly eventId: string;
  readonly correlationId?: string | undefined;
  readonly errorCode?: string | undefined;
  readonly message?: string | undefined;
  readonly attempts: number;
  readonly redriven: number;
  readonly holdsEntity: boolean;
  readonly parkedAt: string;
  readonly failedAt?: string | undefined;
}

/** The entries of one group, as its service listed them. */
export interface Listing {
  readonly service: string;
  readonly group: Pick<FailureGroup, 'consumer' | 'fingerprint' | 'errorType'>;
  /** When it was asked for its groups; what was learnt since counts more. */
  readonly askedAt: Date;
  readonly entries: readonly ListedEntry[];
  readonly extent: 'all' | 'some';
}

/** What failed in all services: a read model of facts, made whole by what the services answer. */
export interface KnownFailures {
  /** How each of the services answered last, and what it said then. */
  heard(
    services: readonly string[],
  ): Promise<{ readonly heard: readonly Heard[]; readonly told: readonly ToldGroups[] }>;
  /** Groups that have open entries, or had when their service answered last. */
  groups(services: readonly string[]): Promise<readonly KnownGroup[]>;
  search(
    services: readonly string[],
    search: FailureSearch,
  ): Promise<{ readonly entries: readonly KnownFailure[]; readonly total: number; readonly next: string | undefined }>;
  pauses(services: readonly string[]): Promise<readonly KnownPause[]>;
  noteLook(look: Look): Promise<void>;
  noteListing(listing: Listing): Promise<void>;
  /** Ends what is known as open of a service that answered with all of its groups, and has not these. */
  noteGone(told: ToldGroups): Promise<void>;
}
