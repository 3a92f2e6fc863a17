import type { Buffer } from 'node:buffer';
import { type HeaderBytes, headersFrom, type HeaderName, type OutboxKind, type OutboxRow } from '@waybill/messaging';

/** What of a row is read at once; the rest lies in the header bytes until somebody asks. */
export interface CopiedColumns {
  readonly position: number;
  readonly slot: number;
  readonly kind: OutboxKind;
  readonly tenant: string;
  readonly topic: string;
  readonly aggregateId: string;
  readonly traceparent: string | null;
  readonly payload: Buffer;
  readonly headerBytes: HeaderBytes;
}

/** A row of which most columns are never made into texts: they go to the log as the bytes that the database sent. */
export class CopiedRow implements OutboxRow {
  readonly position: number;
  readonly slot: number;
  readonly kind: OutboxKind;
  readonly tenant: string;
  readonly topic: string;
  readonly aggregateId: string;
  readonly traceparent: string | null;
  readonly payload: Buffer;
  readonly headerBytes: HeaderBytes;
  #headers: Readonly<Record<string, string>> | undefined;

  constructor(columns: CopiedColumns) {
    this.position = columns.position;
    this.slot = columns.slot;
    this.kind = columns.kind;
    this.tenant = columns.tenant;
    this.topic = columns.topic;
    this.aggregateId = columns.aggregateId;
    this.traceparent = columns.traceparent;
    this.payload = columns.payload;
    this.headerBytes = columns.headerBytes;
  }

  get id(): string {
    return this.#text('ce_id');
  }

  get aggregateType(): string {
    return this.#text('ce_aggregatetype');
  }

  get aggregateVersion(): number {
    return Number(this.#text('ce_aggregateversion'));
  }

  get type(): string {
    return this.#text('ce_type');
  }

  get specVersion(): string {
    return this.#text('ce_specversion');
  }

  get source(): string {
    return this.#text('ce_source');
  }

  get time(): string {
    return this.#text('ce_time');
  }

  get dataSchema(): string {
    return this.#text('ce_dataschema');
  }

  get contentType(): string {
    return this.#text('content-type');
  }

  get correlationId(): string {
    return this.#text('ce_correlationid');
  }

  get causationId(): string | null {
    return this.#header('ce_causationid');
  }

  get renditions(): string | null {
    return this.#header('ce_renditions');
  }

  get tracestate(): string | null {
    return this.#header('tracestate');
  }

  get baggage(): string | null {
    return this.#header('baggage');
  }

  #text(name: HeaderName): string {
    return this.#header(name) ?? '';
  }

  #header(name: HeaderName): string | null {
    this.#headers ??= headersFrom(this.headerBytes);
    return this.#headers[name] ?? null;
  }
}
