import type { OutgoingRecord } from '../log.ts';
import { type HeaderBytes, headersFrom } from './header-bytes.ts';
import type { OutboxRow } from './outbox-row.ts';
import { headersOf } from './record-headers.ts';
import { keyOf } from './slot.ts';

/** The row as a record for the log. */
export function recordOf(row: OutboxRow): OutgoingRecord {
  if (row.headerBytes) return new EncodedRecord(row, row.headerBytes);
  return { topic: row.topic, key: keyOf(row), value: row.payload, headers: headersOf(row) };
}

/** A record whose headers are made into texts only for a publisher that asks for them. */
class EncodedRecord implements OutgoingRecord {
  readonly topic: string;
  readonly key: string;
  readonly value: Uint8Array;
  readonly headerBytes: HeaderBytes;

  constructor(row: OutboxRow, headerBytes: HeaderBytes) {
    this.topic = row.topic;
    this.key = keyOf(row);
    this.value = row.payload;
    this.headerBytes = headerBytes;
  }

  get headers(): Readonly<Record<string, string>> {
    return headersFrom(this.headerBytes);
  }
}
