import type { OutgoingRecord } from '@waybill/messaging';
import type { IHeaders, Message } from 'kafkajs';
import { takesHeaderBytes } from './kafkajs/produce-request.ts';
import { murmur2 } from './murmur2.ts';
import { recordBytes } from './send-rounds.ts';

/** A record on its way: the message that kafkajs takes, and what its lane needs to know of it. */
export class LaneMessage implements Message {
  /** Its place in the call that sends it. */
  readonly index: number;
  readonly record: OutgoingRecord;
  readonly key: Buffer;
  readonly value: Buffer;
  readonly headers: IHeaders;
  readonly headerBytes: Uint8Array | undefined;
  readonly hash: number;
  /** About what it takes on the wire. */
  readonly bytes: number;

  constructor(record: OutgoingRecord, index: number) {
    const { value, headerBytes } = record;
    this.index = index;
    this.record = record;
    this.key = Buffer.from(record.key);
    this.value = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    const isEncoded = headerBytes !== undefined && takesHeaderBytes();
    this.headers = isEncoded ? {} : { ...record.headers };
    this.headerBytes = isEncoded ? headerBytes : undefined;
    this.hash = murmur2(this.key);
    this.bytes = recordBytes(record);
  }
}

type Groups = Record<string, LaneMessage[]>;

/**
 * The messages, to be given to kafkajs: it groups them by partition with a `reduce` that copies the whole group for
 * each message, which for a thousand of them takes longer than encoding them. This `reduce` asks kafkajs's step for the
 * partition of each message alone.
 */
export function groupedWithoutCopies(messages: readonly LaneMessage[]): LaneMessage[] {
  const reduce = (step: (none: Groups, message: LaneMessage) => Groups): Groups => {
    const groups: Groups = {};
    for (const message of messages) {
      for (const partition of Object.keys(step({}, message))) (groups[partition] ??= []).push(message);
    }
    return groups;
  };
  return Object.assign([...messages], { reduce });
}
