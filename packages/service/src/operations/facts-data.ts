import { createHash } from 'node:crypto';
import type { ConsumedEvent } from '@waybill/messaging';

/** `operations.v1.ConsumedEvent`, as the facts hold it. */
interface Entry {
  readonly service: string;
  readonly consumer: string;
  readonly eventId: string;
  readonly eventType: string | null;
  readonly tenant: string;
  readonly aggregateType: string | null;
  readonly aggregateId: string | null;
  readonly aggregateVersion: bigint | null;
  readonly correlationId: string | null;
}

/** Who did something, and who agreed. */
interface ByPerson {
  readonly actor: string;
  readonly approvedBy: string | null;
}

export interface EventFailed {
  readonly entry: Entry;
  readonly state: 'RETRYING' | 'DEAD';
  readonly errorType: string;
  readonly errorCode: string;
  readonly message: string;
  readonly fingerprint: string;
  readonly attempts: number;
  readonly holdsEntity: boolean;
  readonly failedAt: Date;
  readonly parkedId: string | null;
  readonly topic: string | null;
  readonly partition: number | null;
  readonly offset: bigint | null;
  readonly occurredAt: Date | null;
}

export interface EventRecovered {
  readonly entry: Entry;
  readonly how: 'HANDLED' | 'SUPERSEDED';
  readonly attempts: number;
  readonly recoveredAt: Date;
}

export interface EventRedriven extends ByPerson {
  readonly entry: Entry;
  readonly how: 'AS_IT_WAS' | 'EDITED' | 'GAP_PASSED';
  readonly reason: string | null;
  readonly job: string | null;
  readonly redrivenAt: Date;
}

export interface EventSkipped extends ByPerson {
  readonly entry: Entry;
  readonly reason: string;
  readonly skippedAt: Date;
}

/** Of a pause and of its end. */
interface Pause {
  readonly service: string;
  readonly consumer: string;
  readonly cause: 'PERSON' | 'DEPENDENCY';
  readonly dependency: string | null;
  readonly actor: string | null;
}

export interface ConsumerPaused extends Pause {
  readonly reason: string;
  readonly until: Date | null;
  readonly pausedAt: Date;
}

export interface ConsumerResumed extends Pause {
  readonly reason: string | null;
  readonly resumedAt: Date;
}

export interface AuditTrailExtended {
  readonly service: string;
  readonly seq: bigint;
  readonly hash: string;
  readonly at: Date;
}

/** Characters of a text in a fact; reasons and messages are kept shorter than that where they are made. */
const textLimit = 2_000;

/** A text that no codec and no limit refuses: cut, and well formed. */
export function text(said: string): string {
  return said.slice(0, textLimit).toWellFormed();
}

export function optionalText(said: string | undefined): string | null {
  return said === undefined ? null : text(said);
}

export function entryOf(service: string, event: ConsumedEvent): Entry {
  return {
    service,
    consumer: text(event.consumer),
    eventId: text(event.eventId),
    eventType: optionalText(event.type),
    tenant: text(event.tenant),
    aggregateType: optionalText(event.aggregateType),
    aggregateId: optionalText(event.aggregateId),
    aggregateVersion: event.version === undefined ? null : BigInt(event.version),
    correlationId: optionalText(event.correlationId),
  };
}

/**
 * The aggregate of an event as one consumer has it: its facts keep their order. Readable as a rule, and a hash of itself
 * where it could not be a key.
 */
export function entryId(service: string, { consumer, eventId, version = 0 }: ConsumedEvent): string {
  return idOf(`${service}:${consumer}:${eventId}:${version}`);
}

export function consumerId(service: string, consumer: string): string {
  return idOf(`${service}:${consumer}`);
}

function idOf(readable: string): string {
  return /^[\x20-\x7e]{1,255}$/.test(readable) ? readable : createHash('sha256').update(readable).digest('hex');
}
