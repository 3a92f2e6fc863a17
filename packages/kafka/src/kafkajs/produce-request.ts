import { ByteWriter } from './byte-writer.ts';
import { crc32c } from './crc32c.ts';
import { installedVersion, internal, replaceInternal, replacedVersion } from './internals.ts';
import { type RecordToEncode, writeRecord } from './record-encoder.ts';
import { type Encoded, HEADROOM, replaceBodyCopies, requestBody } from './request-buffer.ts';

const requestModule = 'protocol/requests/produce/v3/request.js';
/** Each version takes the one before it. */
const requestReaders = ['v4', 'v5', 'v6', 'v7'].map((version) => `protocol/requests/produce/${version}/request.js`);

/** What kafkajs asks its produce request to carry; versions 3 to 7 differ in their number alone. */
export interface ProduceArguments {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  /** kafkajs's own 64-bit number; -1 without idempotence. */
  readonly producerId?: { toString(): string };
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly MessageToProduce[];
    }[];
  }[];
}

interface MessageToProduce extends RecordToEncode {
  readonly timestamp?: unknown;
}

type Batch = ProduceArguments['topicData'][number]['partitions'][number];

interface ProduceRequest {
  readonly apiKey: number;
  readonly apiVersion: number;
  readonly apiName: string;
  expectResponse(): boolean;
  encode(): Promise<Encoded>;
}

type MakeRequest = (args: ProduceArguments) => ProduceRequest;

/** Room to begin with for one record; the buffer grows when records are larger. */
const BYTES_OF_RECORD = 1_024;

let isReplaced = false;
/** Whether kafkajs has asked the replacement for a request: where `require` is wrapped it may go on with its own. */
let isInUse = false;

/**
 * Replaces kafkajs's encoding of a produce request. kafkajs makes several buffers for each header, one for each record
 * and one for each batch, and computes the checksum a byte at a time; here one buffer takes the whole request.
 * Compressed requests and records with timestamps of their own stay with kafkajs.
 */
export function replaceProduceRequest(): void {
  if (isReplaced || installedVersion() !== replacedVersion) return;
  isReplaced = true;
  replaceBodyCopies();
  const original = internal(requestModule);
  if (!isMaker(original)) throw new Error('kafkajs no longer has the produce request that is replaced here.');
  replaceInternal(requestModule, produceRequest(original), requestReaders);
}

/**
 * Whether messages may have their headers as bytes alone, which is known from the first request on; else they must have
 * them as kafkajs wants them, or would be sent without.
 */
export function takesHeaderBytes(): boolean {
  return isInUse;
}

/** The request, as `original` would make it. */
export function produceRequest(original: MakeRequest): MakeRequest {
  return (args) => {
    isInUse = true;
    const request = original(args);
    if (!isPlain(args)) return request;
    return { ...request, encode: () => Promise.resolve(encodeRequest(args)) };
  };
}

function isMaker(value: unknown): value is MakeRequest {
  return typeof value === 'function';
}

function isPlain({ compression = 0, topicData }: ProduceArguments): boolean {
  if (compression !== 0) return false;
  return topicData.every(({ partitions }) =>
    partitions.every(({ messages }) =>
      messages.every(({ timestamp }) => timestamp === undefined || timestamp === null),
    ),
  );
}

/** Produce request, versions 3 to 7 (Kafka's protocol guide, "Produce API"). */
function encodeRequest(args: ProduceArguments): Encoded {
  let records = 0;
  for (const { partitions } of args.topicData) for (const { messages } of partitions) records += messages.length;
  const writer = new ByteWriter(HEADROOM + 1_024 + records * BYTES_OF_RECORD);
  writer.skip(HEADROOM);
  writer.text(args.transactionalId ?? null);
  writer.int16(args.acks);
  writer.int32(args.timeout);
  writer.int32(args.topicData.length);
  for (const { topic, partitions } of args.topicData) {
    writer.text(topic);
    writer.int32(partitions.length);
    for (const batch of partitions) {
      writer.int32(batch.partition);
      const size = writer.position;
      writer.int32(0);
      writeBatch(writer, batch, args);
      writer.patchUInt32(size, writer.position - size - 4);
    }
  }
  return requestBody(writer.bytes);
}

/** A batch of format 2 (Kafka's protocol guide, "Record Batch"). */
function writeBatch(writer: ByteWriter, { messages, firstSequence = 0 }: Batch, args: ProduceArguments): void {
  const now = BigInt(Date.now());
  writer.int64(0n);
  const length = writer.position;
  writer.int32(0);
  writer.int32(0);
  writer.byte(2);
  const checksum = writer.position;
  writer.int32(0);
  const transactional = args.transactionalId ? 16 : 0;
  writer.int16(transactional);
  writer.int32(messages.length - 1);
  writer.int64(now);
  writer.int64(now);
  writer.int64(BigInt(args.producerId?.toString() ?? -1));
  writer.int16(args.producerEpoch ?? 0);
  writer.int32(firstSequence);
  writer.int32(messages.length);
  for (const [index, message] of messages.entries()) writeRecord(writer, index, message);
  writer.patchUInt32(length, writer.position - length - 4);
  writer.patchUInt32(checksum, crc32c(writer.bytes, checksum + 4));
}
