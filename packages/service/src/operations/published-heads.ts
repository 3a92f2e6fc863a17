import { type AnyContract, avroCodec, unframe } from '@waybill/contracts';
import type { OffsetRange, TopicRangeReader } from '@waybill/kafka';
import type { AuditHead, LogRecord, SchemaRegistry } from '@waybill/messaging';
import { z } from 'zod';

/** Where the audit trail of a service ended when it was published. */
export interface PublishedHead extends AuditHead {
  readonly service: string;
  /** When the service looked. */
  readonly at: Date;
  /** The record's place in its topic. */
  readonly partition: number;
  readonly offset: bigint;
}

export interface PublishedHeadsOptions {
  readonly log: Pick<TopicRangeReader, 'read'>;
  readonly registry: SchemaRegistry;
  /** `operations.v1.AuditTrailExtended`. */
  readonly contract: Pick<AnyContract, 'name' | 'topic'>;
}

const headShape = z.object({
  service: z.string(),
  seq: z.bigint().transform(Number),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  at: z.date(),
});

/**
 * The ends of audit trails that a part of their topic tells of. What is no such event is left out.
 * @throws {TopicRangeReadError} when the topic cannot be read, and what the registry throws when a schema cannot be had.
 */
export async function* publishedHeads(
  { log, registry, contract }: PublishedHeadsOptions,
  ranges: readonly OffsetRange[],
): AsyncGenerator<PublishedHead, void, undefined> {
  for await (const record of log.read(contract.topic, ranges)) {
    const head = await headOf(record, registry, contract.name);
    if (head !== undefined) yield head;
  }
}

async function headOf(record: LogRecord, registry: SchemaRegistry, name: string): Promise<PublishedHead | undefined> {
  const { value, headers, partition, offset } = record;
  if (value === null || headers['ce_type'] !== name) return undefined;
  const framed = framedOf(value);
  if (framed === undefined) return undefined;
  const schema = await registry.schemaOf(framed.schemaId);
  try {
    return { ...headShape.parse(avroCodec<unknown>({ name, schema }).decode(framed.body)), partition, offset };
  } catch {
    return undefined;
  }
}

function framedOf(value: Uint8Array): ReturnType<typeof unframe> | undefined {
  try {
    return unframe(value);
  } catch {
    return undefined;
  }
}
