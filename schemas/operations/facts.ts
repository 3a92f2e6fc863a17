import {
  AuditTrailExtendedV1,
  ConsumerPausedV1,
  ConsumerResumedV1,
  EventFailedV1,
  EventRecoveredV1,
  EventRedrivenV1,
  EventSkippedV1,
} from '../generated/operations.ts';

/** The contracts by which a service publishes what happens in its operation; give them to it as its `facts`. */
export const operationalFacts = {
  eventFailed: EventFailedV1,
  eventRecovered: EventRecoveredV1,
  eventRedriven: EventRedrivenV1,
  eventSkipped: EventSkippedV1,
  consumerPaused: ConsumerPausedV1,
  consumerResumed: ConsumerResumedV1,
  auditTrailExtended: AuditTrailExtendedV1,
} as const;
