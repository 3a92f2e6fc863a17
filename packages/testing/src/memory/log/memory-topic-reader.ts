import type { LogRecord, TopicReader } from '@waybill/messaging';
import { directWire, type Wire } from '../wire.ts';
import type { MemoryLog } from './memory-log.ts';

const AT_ONCE = 100;

/** Reads whole topics of an in-memory log. */
export function memoryTopicReader(log: MemoryLog, wire: Wire = directWire): TopicReader {
  return { readToEnd: (topic) => readToEnd(log, wire, topic) };
}

async function* readToEnd(log: MemoryLog, wire: Wire, topic: string): AsyncGenerator<LogRecord, void, undefined> {
  const bounds = await wire.call('bounds', () => {
    log.requireUp();
    return log.partitions(topic).map(({ number, low, high }) => ({ number, low, high }));
  });
  for (const { number, low, high } of bounds) {
    for (let at = low; at < high;) {
      const records = await wire.call(`read ${topic}/${number}`, () => {
        log.requireUp();
        return log.partition(topic, number).from(at, AT_ONCE);
      });
      const wanted = records.filter(({ offset }) => offset < high);
      yield* wanted;
      at = (wanted.at(-1)?.offset ?? high) + 1n;
    }
  }
}
