import diagnosticsChannel from 'node:diagnostics_channel';
import type { RecordBatch } from '../log.ts';

/** Deals with a batch of one partition; resolves when its effects are committed. */
export type Deliver = (batch: RecordBatch) => Promise<void>;

/** Says whose delivery a middleware stands in. */
export interface DeliveryScope {
  readonly consumer: string;
  readonly kind: 'projection' | 'reaction';
}

/**
 * Stands between the log and a consumer. It may hold a record back and hand it to `next` later; as long as it does,
 * no batch that it passes on may have a `nextOffset` above the record's offset, or a restart would lose it.
 */
export type DeliveryMiddleware = (next: Deliver, scope: DeliveryScope) => Deliver;

const middlewares: DeliveryMiddleware[] = [];

/** Puts a middleware around the deliveries of all consumers that this process starts from now on; the last is the outermost. */
export function useDeliveryMiddleware(middleware: DeliveryMiddleware): void {
  middlewares.push(middleware);
}

export function withDeliveryMiddleware(deliver: Deliver, scope: DeliveryScope): Deliver {
  return middlewares.reduce((next, middleware) => middleware(next, scope), deliver);
}

/** What `waybill:consumer` says, synchronously, right after a batch's transaction was committed and before the log hears of it. */
export interface BatchCommitted {
  readonly stage: 'committed';
  readonly consumer: string;
  readonly topic: string;
  readonly partition: number;
  /** Events of the batch that were handled, not skipped or parked. */
  readonly count: number;
}

const channel = diagnosticsChannel.channel('waybill:consumer');

export function announceCommitted(message: BatchCommitted): void {
  channel.publish(message);
}
