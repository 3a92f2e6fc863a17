import type { JobView, ParkedEntry, ParkedSummary, TraceStep } from '@waybill/service/operations';
import pc from 'picocolors';
import type { View } from '../../../src/operations/printing/view.ts';

export const now = new Date('2026-07-31T22:00:00Z');

/** So many seconds before {@link now}, RFC 3339. */
export const before = (seconds: number) => new Date(now.getTime() - seconds * 1_000).toISOString();

export const plain: View = { colours: pc.createColors(false), now, width: undefined };

export function parked(fields: Partial<ParkedSummary> = {}): ParkedSummary {
  return {
    id: '42',
    consumer: 'notifications.mail',
    state: 'dead',
    reason: 'dead',
    tenant: '',
    aggregateType: 'orders.order',
    aggregateId: 'order-1',
    version: 3,
    type: 'orders.v1.OrderPlaced',
    eventId: '01985f2e-0000-7000-8000-000000000001',
    correlationId: 'c-1',
    fingerprint: '0123456789abcdef',
    errorCode: 'mail.refused',
    message: 'The server refused the address.',
    attempts: 5,
    redriven: 0,
    holdsEntity: true,
    behind: 2,
    parkedAt: before(720),
    ...fields,
  };
}

export function entry(fields: Partial<ParkedEntry> = {}): ParkedEntry {
  return {
    ...parked(),
    errorType: 'MailRefused',
    stack: 'MailRefused: refused\n    at send (mail.ts:3:1)',
    topic: 'orders.order',
    partition: 3,
    offset: '1700',
    headers: {},
    traceId: 'abc',
    applied: 2,
    call: 'none',
    data: { orderId: 'order-1', customer: { email: '••••' } },
    masked: ['customer.email'],
    attemptsMade: [
      { attempt: 1, at: before(720), errorType: 'MailRefused', errorCode: 'mail.refused', message: 'refused' },
    ],
    queue: [
      parked(),
      parked({ id: '43', version: 4, state: 'waiting', reason: 'behind', message: undefined, errorCode: undefined }),
    ],
    edits: [],
    history: [],
    ...fields,
  };
}

export function job(fields: Partial<JobView> = {}): JobView {
  return {
    id: '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
    kind: 'redrive',
    consumer: 'notifications.mail',
    selection: { consumer: 'notifications.mail' },
    pace: { perSecond: 50, rampSeconds: 10, canary: 5, stopAtFailureShare: 0.2 },
    reason: 'the mail server is back',
    actor: 'ada',
    state: 'running',
    total: 500,
    taken: 213,
    done: 205,
    failed: 5,
    skipped: 0,
    underWay: 3,
    passedOver: 0,
    createdAt: before(60),
    estimatedSeconds: 48,
    ...fields,
  };
}

export function traceStep(fields: Partial<TraceStep> & Pick<TraceStep, 'kind'>): TraceStep {
  return {
    eventId: 'e-1',
    type: 'orders.v1.OrderPlaced',
    aggregateType: 'orders.order',
    aggregateId: 'order-1',
    version: 1,
    correlationId: 'c-1',
    at: before(60),
    ...fields,
  };
}
