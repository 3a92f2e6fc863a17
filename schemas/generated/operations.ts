// Generated from the schemas beside this folder by `./waybill contracts generate`.
// Do not edit: change a schema and generate again.
// Context operations, owned by team-platform.
import { defineContract } from '@waybill/contracts';

/** An event as one consumer has it. */
export interface ConsumedEventV1 {
  /** The service whose consumer it is: `orders`. */
  readonly service: string;
  /** The consumer: `orders.process`. */
  readonly consumer: string;
  /** Of the event (`ce_id`), or its place in the log where that could not be read: `topic/partition/offset`. */
  readonly eventId: string;
  /** The contract by which it was published; null where it could not be read. */
  readonly eventType: string | null;
  /** Whose it is; empty where there are no tenants. */
  readonly tenant: string;
  /** Of the entity that the event is about; null where it could not be read. */
  readonly aggregateType: string | null;
  /** The entity; null where it could not be read. */
  readonly aggregateId: string | null;
  /** The version of the entity; null where it could not be read. */
  readonly aggregateVersion: bigint | null;
  /** Of the journey that the event belongs to; null where it could not be read. */
  readonly correlationId: string | null;
}

/** RETRYING: it is tried again. DEAD: a person must look at it. */
export type FailureStateV1 = 'RETRYING' | 'DEAD';

/** Who or what has a consumer stand still: a person, or something that its handlers call and that is down. */
export type PauseCauseV1 = 'PERSON' | 'DEPENDENCY';

/** HANDLED: its handler succeeded. SUPERSEDED: nothing was left to do, since a snapshot covers it, or another delivery of it was handled. */
export type RecoveryV1 = 'HANDLED' | 'SUPERSEDED';

/** AS_IT_WAS: unchanged. EDITED: with data that the operator mended. GAP_PASSED: without the versions that are missing before it. */
export type RedriveV1 = 'AS_IT_WAS' | 'EDITED' | 'GAP_PASSED';

/** Where the audit trail of a service ends. A trail that no longer holds this entry was cut or changed. */
export interface AuditTrailExtendedV1Data {
  /** The service: `orders`. */
  readonly service: string;
  /** The last entry's place in the trail; the first has 1. */
  readonly seq: bigint;
  /** The last entry's hash: SHA-256, lower-case hex. */
  readonly hash: string;
  /** When it was looked at. */
  readonly at: Date;
}

/** Where the audit trail of a service ends. A trail that no longer holds this entry was cut or changed. */
export const AuditTrailExtendedV1 = defineContract<AuditTrailExtendedV1Data, 'operations.v1.AuditTrailExtended'>({
  name: 'operations.v1.AuditTrailExtended',
  kind: 'event',
  aggregateType: 'operations.audit',
  topic: 'operations.audit',
  personal: [],
  schema:
    '{"type":"record","name":"AuditTrailExtended","namespace":"operations.v1","doc":"Where the audit trail of a service ends. A trail that no longer holds this entry was cut or changed.","waybill.kind":"event","waybill.aggregate":"operations.audit","fields":[{"name":"service","doc":"The service: `orders`.","type":"string"},{"name":"seq","doc":"The last entry\'s place in the trail; the first has 1.","type":"long"},{"name":"hash","doc":"The last entry\'s hash: SHA-256, lower-case hex.","type":"string"},{"name":"at","doc":"When it was looked at.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** A consumer stands still: it takes no events, and tries none that failed. */
export interface ConsumerPausedV1Data {
  /** The service: `orders`. */
  readonly service: string;
  /** The consumer: `orders.process`. */
  readonly consumer: string;
  /** What paused it. */
  readonly cause: PauseCauseV1;
  /** What is down, or was paused by a person with all that calls it. */
  readonly dependency: string | null;
  /** The person. Personal data. */
  readonly actor: string | null;
  /** Why, in words. */
  readonly reason: string;
  /** When it ends by itself, if nobody ends it before; null for a dependency, which ends it by answering. */
  readonly until: Date | null;
  /** When. */
  readonly pausedAt: Date;
}

/** A consumer stands still: it takes no events, and tries none that failed. */
export const ConsumerPausedV1 = defineContract<ConsumerPausedV1Data, 'operations.v1.ConsumerPaused'>({
  name: 'operations.v1.ConsumerPaused',
  kind: 'event',
  aggregateType: 'operations.consumer',
  topic: 'operations.consumer',
  personal: ['actor'],
  schema:
    '{"type":"record","name":"ConsumerPaused","namespace":"operations.v1","doc":"A consumer stands still: it takes no events, and tries none that failed.","waybill.kind":"event","waybill.aggregate":"operations.consumer","fields":[{"name":"service","doc":"The service: `orders`.","type":"string"},{"name":"consumer","doc":"The consumer: `orders.process`.","type":"string"},{"name":"cause","doc":"What paused it.","type":{"type":"enum","name":"PauseCause","doc":"Who or what has a consumer stand still: a person, or something that its handlers call and that is down.","symbols":["PERSON","DEPENDENCY"]}},{"name":"dependency","doc":"What is down, or was paused by a person with all that calls it.","type":["null","string"],"default":null},{"name":"actor","doc":"The person.","type":["null","string"],"default":null,"waybill.personal":true},{"name":"reason","doc":"Why, in words.","type":"string"},{"name":"until","doc":"When it ends by itself, if nobody ends it before; null for a dependency, which ends it by answering.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null},{"name":"pausedAt","doc":"When.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** A consumer that stood still goes on. */
export interface ConsumerResumedV1Data {
  /** The service: `orders`. */
  readonly service: string;
  /** The consumer: `orders.process`. */
  readonly consumer: string;
  /** What had paused it. */
  readonly cause: PauseCauseV1;
  /** What answers again, or was resumed by a person. */
  readonly dependency: string | null;
  /** The person who ended the pause. Personal data. */
  readonly actor: string | null;
  /** Why, in words. */
  readonly reason: string | null;
  /** When. */
  readonly resumedAt: Date;
}

/** A consumer that stood still goes on. */
export const ConsumerResumedV1 = defineContract<ConsumerResumedV1Data, 'operations.v1.ConsumerResumed'>({
  name: 'operations.v1.ConsumerResumed',
  kind: 'event',
  aggregateType: 'operations.consumer',
  topic: 'operations.consumer',
  personal: ['actor'],
  schema:
    '{"type":"record","name":"ConsumerResumed","namespace":"operations.v1","doc":"A consumer that stood still goes on.","waybill.kind":"event","waybill.aggregate":"operations.consumer","fields":[{"name":"service","doc":"The service: `orders`.","type":"string"},{"name":"consumer","doc":"The consumer: `orders.process`.","type":"string"},{"name":"cause","doc":"What had paused it.","type":{"type":"enum","name":"PauseCause","doc":"Who or what has a consumer stand still: a person, or something that its handlers call and that is down.","symbols":["PERSON","DEPENDENCY"]}},{"name":"dependency","doc":"What answers again, or was resumed by a person.","type":["null","string"],"default":null},{"name":"actor","doc":"The person who ended the pause.","type":["null","string"],"default":null,"waybill.personal":true},{"name":"reason","doc":"Why, in words.","type":["null","string"],"default":null},{"name":"resumedAt","doc":"When.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** A consumer could not handle an event: for the first time since it came or was redriven, or for good. */
export interface EventFailedV1Data {
  /** What this is about. */
  readonly entry: ConsumedEventV1;
  /** What becomes of it. */
  readonly state: FailureStateV1;
  /** The error's class. */
  readonly errorType: string;
  /** The error's stable code. */
  readonly errorCode: string;
  /** What it said, personal values masked. */
  readonly message: string;
  /** What failures of the same fault have in common; 16 hex digits. */
  readonly fingerprint: string;
  /** Attempts that were made since it came or was redriven. */
  readonly attempts: number;
  /** Whether later events of its entity wait for it. */
  readonly holdsEntity: boolean;
  /** When. */
  readonly failedAt: Date;
  /** Its number at the service, by which its operations API knows it while it is parked. */
  readonly parkedId: string | null;
  /** Where it was read from; null for what its producer gave when asked, as are partition and offset. */
  readonly topic: string | null;
  /** The partition of the topic. */
  readonly partition: number | null;
  /** Its place in the partition. */
  readonly offset: bigint | null;
  /** When the event itself happened; null where it could not be read. */
  readonly occurredAt: Date | null;
}

/** A consumer could not handle an event: for the first time since it came or was redriven, or for good. */
export const EventFailedV1 = defineContract<EventFailedV1Data, 'operations.v1.EventFailed'>({
  name: 'operations.v1.EventFailed',
  kind: 'event',
  aggregateType: 'operations.entry',
  topic: 'operations.entry',
  personal: [],
  schema:
    '{"type":"record","name":"EventFailed","namespace":"operations.v1","doc":"A consumer could not handle an event: for the first time since it came or was redriven, or for good.","waybill.kind":"event","waybill.aggregate":"operations.entry","fields":[{"name":"entry","doc":"What this is about.","type":{"type":"record","name":"ConsumedEvent","doc":"An event as one consumer has it.","fields":[{"name":"service","doc":"The service whose consumer it is: `orders`.","type":"string"},{"name":"consumer","doc":"The consumer: `orders.process`.","type":"string"},{"name":"eventId","doc":"Of the event (`ce_id`), or its place in the log where that could not be read: `topic/partition/offset`.","type":"string"},{"name":"eventType","doc":"The contract by which it was published; null where it could not be read.","type":["null","string"],"default":null},{"name":"tenant","doc":"Whose it is; empty where there are no tenants.","type":"string"},{"name":"aggregateType","doc":"Of the entity that the event is about; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateId","doc":"The entity; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateVersion","doc":"The version of the entity; null where it could not be read.","type":["null","long"],"default":null},{"name":"correlationId","doc":"Of the journey that the event belongs to; null where it could not be read.","type":["null","string"],"default":null}]}},{"name":"state","doc":"What becomes of it.","type":{"type":"enum","name":"FailureState","doc":"RETRYING: it is tried again. DEAD: a person must look at it.","symbols":["RETRYING","DEAD"]}},{"name":"errorType","doc":"The error\'s class.","type":"string"},{"name":"errorCode","doc":"The error\'s stable code.","type":"string"},{"name":"message","doc":"What it said, personal values masked.","type":"string"},{"name":"fingerprint","doc":"What failures of the same fault have in common; 16 hex digits.","type":"string"},{"name":"attempts","doc":"Attempts that were made since it came or was redriven.","type":"int"},{"name":"holdsEntity","doc":"Whether later events of its entity wait for it.","type":"boolean"},{"name":"failedAt","doc":"When.","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"parkedId","doc":"Its number at the service, by which its operations API knows it while it is parked.","type":["null","string"],"default":null},{"name":"topic","doc":"Where it was read from; null for what its producer gave when asked, as are partition and offset.","type":["null","string"],"default":null},{"name":"partition","doc":"The partition of the topic.","type":["null","int"],"default":null},{"name":"offset","doc":"Its place in the partition.","type":["null","long"],"default":null},{"name":"occurredAt","doc":"When the event itself happened; null where it could not be read.","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"default":null}]}',
});

/** An event that had failed is done with, and nobody has to look at it any more. */
export interface EventRecoveredV1Data {
  /** What this is about. */
  readonly entry: ConsumedEventV1;
  /** How. */
  readonly how: RecoveryV1;
  /** Attempts that were made since it came or was redriven. */
  readonly attempts: number;
  /** When. */
  readonly recoveredAt: Date;
}

/** An event that had failed is done with, and nobody has to look at it any more. */
export const EventRecoveredV1 = defineContract<EventRecoveredV1Data, 'operations.v1.EventRecovered'>({
  name: 'operations.v1.EventRecovered',
  kind: 'event',
  aggregateType: 'operations.entry',
  topic: 'operations.entry',
  personal: [],
  schema:
    '{"type":"record","name":"EventRecovered","namespace":"operations.v1","doc":"An event that had failed is done with, and nobody has to look at it any more.","waybill.kind":"event","waybill.aggregate":"operations.entry","fields":[{"name":"entry","doc":"What this is about.","type":{"type":"record","name":"ConsumedEvent","doc":"An event as one consumer has it.","fields":[{"name":"service","doc":"The service whose consumer it is: `orders`.","type":"string"},{"name":"consumer","doc":"The consumer: `orders.process`.","type":"string"},{"name":"eventId","doc":"Of the event (`ce_id`), or its place in the log where that could not be read: `topic/partition/offset`.","type":"string"},{"name":"eventType","doc":"The contract by which it was published; null where it could not be read.","type":["null","string"],"default":null},{"name":"tenant","doc":"Whose it is; empty where there are no tenants.","type":"string"},{"name":"aggregateType","doc":"Of the entity that the event is about; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateId","doc":"The entity; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateVersion","doc":"The version of the entity; null where it could not be read.","type":["null","long"],"default":null},{"name":"correlationId","doc":"Of the journey that the event belongs to; null where it could not be read.","type":["null","string"],"default":null}]}},{"name":"how","doc":"How.","type":{"type":"enum","name":"Recovery","doc":"HANDLED: its handler succeeded. SUPERSEDED: nothing was left to do, since a snapshot covers it, or another delivery of it was handled.","symbols":["HANDLED","SUPERSEDED"]}},{"name":"attempts","doc":"Attempts that were made since it came or was redriven.","type":"int"},{"name":"recoveredAt","doc":"When.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** An operator had a failed event tried again. */
export interface EventRedrivenV1Data {
  /** What this is about. */
  readonly entry: ConsumedEventV1;
  /** How. */
  readonly how: RedriveV1;
  /** Who did it. Personal data. */
  readonly actor: string;
  /** Who agreed, where a second person had to. Personal data. */
  readonly approvedBy: string | null;
  /** Why, in their own words. */
  readonly reason: string | null;
  /** The job that it was part of. */
  readonly job: string | null;
  /** When. */
  readonly redrivenAt: Date;
}

/** An operator had a failed event tried again. */
export const EventRedrivenV1 = defineContract<EventRedrivenV1Data, 'operations.v1.EventRedriven'>({
  name: 'operations.v1.EventRedriven',
  kind: 'event',
  aggregateType: 'operations.entry',
  topic: 'operations.entry',
  personal: ['actor', 'approvedBy'],
  schema:
    '{"type":"record","name":"EventRedriven","namespace":"operations.v1","doc":"An operator had a failed event tried again.","waybill.kind":"event","waybill.aggregate":"operations.entry","fields":[{"name":"entry","doc":"What this is about.","type":{"type":"record","name":"ConsumedEvent","doc":"An event as one consumer has it.","fields":[{"name":"service","doc":"The service whose consumer it is: `orders`.","type":"string"},{"name":"consumer","doc":"The consumer: `orders.process`.","type":"string"},{"name":"eventId","doc":"Of the event (`ce_id`), or its place in the log where that could not be read: `topic/partition/offset`.","type":"string"},{"name":"eventType","doc":"The contract by which it was published; null where it could not be read.","type":["null","string"],"default":null},{"name":"tenant","doc":"Whose it is; empty where there are no tenants.","type":"string"},{"name":"aggregateType","doc":"Of the entity that the event is about; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateId","doc":"The entity; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateVersion","doc":"The version of the entity; null where it could not be read.","type":["null","long"],"default":null},{"name":"correlationId","doc":"Of the journey that the event belongs to; null where it could not be read.","type":["null","string"],"default":null}]}},{"name":"how","doc":"How.","type":{"type":"enum","name":"Redrive","doc":"AS_IT_WAS: unchanged. EDITED: with data that the operator mended. GAP_PASSED: without the versions that are missing before it.","symbols":["AS_IT_WAS","EDITED","GAP_PASSED"]}},{"name":"actor","doc":"Who did it.","type":"string","waybill.personal":true},{"name":"approvedBy","doc":"Who agreed, where a second person had to.","type":["null","string"],"default":null,"waybill.personal":true},{"name":"reason","doc":"Why, in their own words.","type":["null","string"],"default":null},{"name":"job","doc":"The job that it was part of.","type":["null",{"type":"string","logicalType":"uuid"}],"default":null},{"name":"redrivenAt","doc":"When.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});

/** An operator gave a failed event up; its entity goes on without it. */
export interface EventSkippedV1Data {
  /** What this is about. */
  readonly entry: ConsumedEventV1;
  /** Who did it. Personal data. */
  readonly actor: string;
  /** Who agreed, where a second person had to. Personal data. */
  readonly approvedBy: string | null;
  /** Why, in their own words. */
  readonly reason: string;
  /** When. */
  readonly skippedAt: Date;
}

/** An operator gave a failed event up; its entity goes on without it. */
export const EventSkippedV1 = defineContract<EventSkippedV1Data, 'operations.v1.EventSkipped'>({
  name: 'operations.v1.EventSkipped',
  kind: 'event',
  aggregateType: 'operations.entry',
  topic: 'operations.entry',
  personal: ['actor', 'approvedBy'],
  schema:
    '{"type":"record","name":"EventSkipped","namespace":"operations.v1","doc":"An operator gave a failed event up; its entity goes on without it.","waybill.kind":"event","waybill.aggregate":"operations.entry","fields":[{"name":"entry","doc":"What this is about.","type":{"type":"record","name":"ConsumedEvent","doc":"An event as one consumer has it.","fields":[{"name":"service","doc":"The service whose consumer it is: `orders`.","type":"string"},{"name":"consumer","doc":"The consumer: `orders.process`.","type":"string"},{"name":"eventId","doc":"Of the event (`ce_id`), or its place in the log where that could not be read: `topic/partition/offset`.","type":"string"},{"name":"eventType","doc":"The contract by which it was published; null where it could not be read.","type":["null","string"],"default":null},{"name":"tenant","doc":"Whose it is; empty where there are no tenants.","type":"string"},{"name":"aggregateType","doc":"Of the entity that the event is about; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateId","doc":"The entity; null where it could not be read.","type":["null","string"],"default":null},{"name":"aggregateVersion","doc":"The version of the entity; null where it could not be read.","type":["null","long"],"default":null},{"name":"correlationId","doc":"Of the journey that the event belongs to; null where it could not be read.","type":["null","string"],"default":null}]}},{"name":"actor","doc":"Who did it.","type":"string","waybill.personal":true},{"name":"approvedBy","doc":"Who agreed, where a second person had to.","type":["null","string"],"default":null,"waybill.personal":true},{"name":"reason","doc":"Why, in their own words.","type":"string"},{"name":"skippedAt","doc":"When.","type":{"type":"long","logicalType":"timestamp-millis"}}]}',
});
