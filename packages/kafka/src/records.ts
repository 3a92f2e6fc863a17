import type { LogRecord } from '@waybill/messaging';
import type { IHeaders, KafkaMessage } from 'kafkajs';
import { textHeadersOf } from './kafkajs/record-decoder.ts';

/** A message as kafkajs has it, as the port has it. */
export function logRecord(topic: string, partition: number, message: KafkaMessage): LogRecord {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: Number(message.timestamp),
    key: message.key === null ? null : message.key.toString('utf8'),
    value: message.value,
    headers: textHeadersOf(message) ?? headersAsText(message.headers),
  };
}

/** UTF-8; a repeated header keeps its last value, one without a value is left out. */
function headersAsText(headers: IHeaders | undefined): Record<string, string> {
  const texts: [string, string][] = [];
  for (const [name, values] of Object.entries(headers ?? {})) {
    const last = Array.isArray(values) ? values.at(-1) : values;
    if (last !== undefined && last !== null)
      texts.push([name, typeof last === 'string' ? last : last.toString('utf8')]);
  }
  return Object.fromEntries(texts);
}
