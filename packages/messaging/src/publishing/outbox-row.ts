import type { HeaderBytes } from './header-bytes.ts';

export type OutboxKind = 'event' | 'snapshot';

/** A row of the outbox as it is published. Header values are as stored; `null` where there is none. */
export interface OutboxRow {
  /** Order within one delta of the cursor. Below 2^53. */
  readonly position: number;
  readonly slot: number;
  readonly kind: OutboxKind;
  readonly id: string;
  readonly tenant: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly aggregateVersion: number;
  readonly type: string;
  readonly topic: string;
  /** Confluent framed. */
  readonly payload: Uint8Array;
  readonly specVersion: string;
  readonly source: string;
  readonly time: string;
  readonly dataSchema: string;
  readonly contentType: string;
  readonly correlationId: string;
  readonly causationId: string | null;
  /** The majors in which the fact is published side by side, `1,2`; `null` when there is one. */
  readonly renditions: string | null;
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly baggage: string | null;
  /** The headers as bytes, from a store that has them so; they say what {@link headersOf} says. */
  readonly headerBytes?: HeaderBytes;
}
