import type { LogRecord, TopicReader } from '@waybill/messaging';
import { brokerError } from './broker-error.ts';
import type { KafkaConnection } from './connection.ts';
import { TopicReadError } from './errors.ts';
import { rangesOf, readRanges } from './topic-range-reader.ts';

export interface KafkaTopicReaderOptions extends KafkaConnection {
  /** Milliseconds without a record after which reading fails; 30,000 when left out. */
  readonly patienceMs?: number;
}

/** Reads whole topics, from the lowest offset to the end as it was when reading began. */
export function kafkaTopicReader(options: KafkaTopicReaderOptions): TopicReader {
  return { readToEnd: (topic) => readToEnd(options, topic) };
}

async function* readToEnd(options: KafkaTopicReaderOptions, topic: string): AsyncGenerator<LogRecord, void, undefined> {
  try {
    yield* readRanges(options, topic, await rangesOf(options, topic));
  } catch (error) {
    throw new TopicReadError(topic, brokerError(error).message, { cause: error });
  }
}
