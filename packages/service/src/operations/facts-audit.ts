import type { Queryable } from '@waybill/messaging';
import type { BackgroundTask } from '../background-task.ts';
import type { ServiceFacts } from './facts.ts';

const everyMs = 60_000;

/** Publishes where the audit trail ends, every minute in which it grew, so that a trail whose end was cut shows. */
export function auditHeadTask(
  facts: ServiceFacts,
  transaction: <T>(fn: (tx: Queryable) => Promise<T>) => Promise<T>,
): BackgroundTask {
  return { name: 'audit-heads', intervalMs: everyMs, run: async () => transaction(async (tx) => facts.auditHead(tx)) };
}
