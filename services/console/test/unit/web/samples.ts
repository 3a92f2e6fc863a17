import type { GroupOfService, JobOfService, ServiceOverview } from '#web/api/bodies.ts';
import type { commonGround } from '#web/failures/common-ground.ts';

type Overview = Extract<ServiceOverview, { readonly overview: unknown }>['overview'];
type ConsumerView = Overview['consumers'][number];
type JobView = Omit<JobOfService, 'service'>;
type ParkedSummary = Parameters<typeof commonGround>[0][number];

export const now = Date.parse('2026-11-27T12:00:00.000Z');
/** A time so many seconds before {@link now}. */
export const before = (seconds: number): string => new Date(now - seconds * 1_000).toISOString();

export function consumer(more: Partial<ConsumerView> = {}): ConsumerView {
  return {
    name: 'payments.capture',
    kind: 'reaction',
    criticality: 'normal',
    state: 'consuming',
    topics: ['orders.order'],
    contracts: ['orders.v2.OrderPlaced'],
    breakers: [],
    waiting: 0,
    retrying: 0,
    dead: 0,
    blockedEntities: 0,
    handled: 10,
    failures: 0,
    ...more,
  };
}

type FlowNow = NonNullable<ConsumerView['flow']>;

/** How a consumer does that keeps what it promises; each argument changes some of it. */
export function flowNow(objective: Partial<FlowNow['objective']> = {}, more: Partial<FlowNow> = {}): FlowNow {
  return {
    at: before(5),
    objective: { visibleWithinMs: 2_000, share: 0.99, state: 'kept', burnt: 0.1, ...objective },
    visibility: { p50Ms: 80, p95Ms: 400, p99Ms: 900, maxMs: 1_200 },
    camePerSecond: 4,
    handledPerSecond: 4,
    failedPerSecond: 0,
    lagEvents: 0,
    toZero: { state: 'at-rest' },
    minutes: Array.from({ length: 60 }, () => 400),
    ...more,
  };
}

export function overview(service: string, consumers: readonly ConsumerView[], more: Partial<Overview> = {}): Overview {
  return {
    service,
    at: before(0),
    consumers: [...consumers],
    pauses: [],
    runningJobs: 0,
    waitingApprovals: 0,
    audit: { seq: 0, hash: '' },
    ...more,
  };
}

export function group(more: Partial<GroupOfService> = {}): GroupOfService {
  return {
    service: 'payments',
    fingerprint: 'a1b2c3d4e5f60718',
    consumer: 'payments.capture',
    types: ['orders.v2.OrderPlaced'],
    errorType: 'TerminalError',
    errorCode: 'payments.currency-unmapped',
    message: 'No account is mapped to CHF.',
    entries: 3,
    dead: 3,
    retrying: 0,
    blockedEntities: 3,
    blockedEvents: 0,
    firstAt: before(600),
    lastAt: before(6),
    hours: Array.from({ length: 24 }, () => 0),
    ...more,
  };
}

export function entry(more: Partial<ParkedSummary> = {}): ParkedSummary {
  return {
    id: '1',
    consumer: 'payments.capture',
    state: 'dead',
    reason: 'dead',
    tenant: '',
    aggregateType: 'orders.order',
    aggregateId: '1042',
    version: 1,
    type: 'orders.v2.OrderPlaced',
    eventId: 'e1',
    attempts: 1,
    redriven: 0,
    holdsEntity: true,
    behind: 0,
    parkedAt: before(600),
    ...more,
  };
}

export function job(more: Partial<JobView> = {}): JobView {
  return {
    id: '01980f3e-7c2a-4b54-9d61-3f0a52c8e417',
    kind: 'redrive',
    consumer: 'payments.capture',
    selection: {},
    pace: { perSecond: 50, rampSeconds: 10, canary: 5, stopAtFailureShare: 0.2 },
    reason: 'mapped',
    actor: 'ada@example.com',
    state: 'running',
    total: 100,
    taken: 40,
    done: 30,
    failed: 5,
    skipped: 0,
    underWay: 5,
    passedOver: 2,
    createdAt: before(60),
    ...more,
  };
}
