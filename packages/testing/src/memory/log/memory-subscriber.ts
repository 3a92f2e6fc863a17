import type { Clock, Subscriber, Subscription } from '@waybill/messaging';
import { directWire, type Wire } from '../wire.ts';
import { GroupMembership } from './group-membership.ts';
import type { MemoryLog } from './memory-log.ts';

export interface MemorySubscriberOptions {
  readonly log: MemoryLog;
  readonly wire?: Wire;
  /** The member's own clock; the log's when left out. */
  readonly clock?: Clock;
  /** Records in one delivery, at most; 500 when left out. */
  readonly maxBatchRecords?: number;
}

/** Subscribes to an in-memory log, as one process. */
export function memorySubscriber(options: MemorySubscriberOptions): Subscriber {
  const { log, wire = directWire, clock = log.clock, maxBatchRecords = 500 } = options;
  const subscriptions = new Set<Subscription>();
  return {
    async subscribe({ group, topics }, handler) {
      const membership = new GroupMembership({ log, wire, clock, maxBatchRecords, group, topics, handler });
      subscriptions.add(membership);
      return membership;
    },
    async close() {
      await Promise.all([...subscriptions].map((subscription) => subscription.stop()));
    },
  };
}
