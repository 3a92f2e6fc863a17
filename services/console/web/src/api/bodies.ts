import type {
  ApprovalView,
  AuditEntryView,
  FailureGroup,
  JobView,
  Overview,
  TraceStep,
} from '@waybill/service/operations';

import type { KnownPause, SilentService } from './known-bodies.ts';

/** Who is signed in, and what the pages need to know of where they run. */
export interface Session {
  readonly user: { readonly id: string; readonly name: string; readonly roles: readonly string[] };
  readonly csrfToken: string;
  readonly environment: string;
  readonly jaegerUrl?: string;
  readonly services: readonly string[];
  /** Who owns what a service publishes, by the service's name. */
  readonly owners: Readonly<Record<string, string>>;
}

/** An error as the server tells it (RFC 9457). */
export interface Problem {
  readonly type?: string;
  readonly title?: string;
  readonly status?: number;
  readonly detail?: string;
  readonly correlationId?: string;
  readonly errors?: readonly { readonly path: string; readonly message: string }[];
}

/** What one service said, or why it said nothing. */
export type ServiceOverview =
  { readonly service: string; readonly overview: Overview } | { readonly service: string; readonly problem: Problem };

export interface OverviewBody {
  readonly services: readonly ServiceOverview[];
}

type Of<View> = View & { readonly service: string };
export type GroupOfService = Of<FailureGroup>;
export type JobOfService = Of<JobView>;
export type ApprovalOfService = Of<ApprovalView>;
export type AuditOfService = Of<AuditEntryView>;

interface FanOut {
  /** Services that did not answer; what they have is missing. */
  readonly unreachable: readonly string[];
}
export interface FailuresBody extends FanOut {
  readonly groups: readonly GroupOfService[];
  /** Those that do not answer, of which is shown what is known without them. */
  readonly silent: readonly SilentService[];
  /** Theirs, as they told of them. */
  readonly pauses: readonly KnownPause[];
}
export interface JobsBody extends FanOut {
  readonly jobs: readonly JobOfService[];
}
export interface ApprovalsBody extends FanOut {
  readonly approvals: readonly ApprovalOfService[];
}
export interface AuditBody extends FanOut {
  readonly entries: readonly AuditOfService[];
}
/** One of several stories that an id stands for. */
export interface JourneyMatch {
  readonly correlationId: string;
  readonly firstType: string;
  readonly firstAt: string;
  readonly aggregateId: string;
  /** 1,000 when there are more. */
  readonly events: number;
}
export interface TraceBody extends FanOut {
  /** Only when there are several. */
  readonly matches?: readonly JourneyMatch[];
  readonly services: readonly {
    readonly service: string;
    readonly steps: readonly TraceStep[];
    readonly cut: boolean;
  }[];
}
