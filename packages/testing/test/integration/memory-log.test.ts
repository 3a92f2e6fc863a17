import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { type LogWorkbench, publisherConformance, subscriberConformance } from '../../src/index.ts';
import { MemoryLog, memoryPublisher, memorySubscriber } from '../../src/memory/index.ts';

const log = new MemoryLog();

const workbench: LogWorkbench = {
  makePublisher: () => memoryPublisher(log),
  makeSubscriber: () => memorySubscriber({ log, maxBatchRecords: 100 }),
  async createTopic(partitions) {
    const name = `test.${randomUUID()}`;
    log.createTopic(name, partitions);
    return name;
  },
  readTopic: async (topic) => log.records(topic),
  committedOffset: async (group, topic, partition) => log.group(group).committed.get(`${topic}/${partition}`),
  async commitOffset(group, topic, partition, offset) {
    log.group(group).committed.set(`${topic}/${partition}`, offset);
  },
  async dropBefore(topic, partition, offset) {
    log.partition(topic, partition).dropBefore(offset);
  },
  memberCount: async (group) => log.group(group).memberIds.length,
};

publisherConformance({ describe, it, expect }, 'The log in memory', () => workbench);
subscriberConformance({ describe, it, expect }, 'The log in memory', () => workbench);
