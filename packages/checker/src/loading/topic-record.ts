import type { TopicRecord } from '../evidence.ts';
import type { DecodeBody } from './bodies.ts';

/** A message as the client hands it out: everything is bytes. */
export interface RawMessage {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: Buffer | undefined | null;
  readonly value: Buffer | undefined | null;
  readonly headers: ReadonlyMap<Buffer, Buffer>;
}

const required = [
  'ce_specversion',
  'ce_id',
  'ce_type',
  'ce_source',
  'ce_subject',
  'ce_time',
  'ce_dataschema',
  'content-type',
  'ce_correlationid',
  'ce_aggregateversion',
  'ce_partitionkey',
  'ce_aggregatetype',
];

/** Reads a record's CloudEvents headers and its body. What is wrong with it is its `problem`; it never throws. */
export async function topicRecord(message: RawMessage, decode: DecodeBody): Promise<TopicRecord> {
  const headers = new Map([...message.headers].map(([name, value]) => [name.toString('utf8'), value.toString('utf8')]));
  const header = (name: string) => headers.get(name) ?? '';
  const { topic, partition, offset } = message;
  const place = { topic, partition, offset, key: message.key?.toString('utf8') ?? '' };
  const record = {
    ...place,
    id: header('ce_id'),
    type: header('ce_type'),
    time: new Date(header('ce_time')),
    aggregateType: header('ce_aggregatetype'),
    aggregateId: header('ce_subject'),
    version: Number(header('ce_aggregateversion')),
    tenant: header('ce_tenantid'),
  };
  const missing = required.filter((name) => header(name) === '');
  if (missing.length > 0) return { ...record, data: undefined, problem: `lacks the headers ${missing.join(', ')}` };
  const expectedKey = record.tenant === '' ? record.aggregateId : `${record.tenant}/${record.aggregateId}`;
  if (record.key !== expectedKey) return { ...record, data: undefined, problem: 'has a key that is not its aggregate' };
  try {
    return { ...record, data: await decode(message.value ?? Buffer.alloc(0)), problem: undefined };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { ...record, data: undefined, problem: `has a body that does not decode: ${problem}` };
  }
}
