import type { Subscriber, Subscription, SubscriptionHandler } from '@waybill/messaging';
import { fullJitterMs, pauseFor } from './backoff.ts';
import { defaultTimeouts } from './connection.ts';
import type { KafkaConnection } from './connection.ts';
import { SubscriptionStalledError } from './errors.ts';
import { GroupSession } from './group-session.ts';
import { settledBy } from './settling.ts';

export interface KafkaSubscriberOptions extends KafkaConnection {
  /** Records in one delivery, at most; 500 when left out. */
  readonly maxBatchRecords?: number;
  /** Bytes fetched of one partition at a time, before decompression; 1 MiB when left out. One batch may be larger. */
  readonly maxBytesPerPartition?: number;
  /** Bytes fetched at a time; 10 MiB when left out. */
  readonly maxBytes?: number;
  /** Partitions dealt with at the same time; 4 when left out. */
  readonly concurrency?: number;
  /**
   * Milliseconds without a heartbeat after which the group takes this member for dead; 10,000 when left out. So long do
   * its partitions stand still when its process is killed, or the broker is: kafkajs comes back as another member.
   */
  readonly sessionTimeoutMs?: number;
  /** Milliseconds that a member may take to come back when the group rebalances; 60,000 when left out. */
  readonly rebalanceTimeoutMs?: number;
  /** Milliseconds that `stop` waits for the delivery under way; 30,000 when left out. */
  readonly stopTimeoutMs?: number;
}

/**
 * Subscribes to Kafka by group membership. A delivery under way when the group rebalances goes on to its end: whoever
 * deals with it must fence it by an epoch of its own. What one fetch may decompress to is bounded at 64 MiB for each
 * batch; how many batches a fetch holds is bounded only by `maxBytes` of compressed data.
 */
export function kafkaSubscriber(options: KafkaSubscriberOptions): Subscriber {
  const running = new Set<Subscription>();
  return {
    async subscribe({ group, topics }, handler) {
      const subscription = supervise(options, group, topics, handler);
      running.add(subscription);
      subscription.ended.catch(() => undefined).finally(() => running.delete(subscription));
      return subscription;
    },
    async close() {
      await Promise.all([...running].map((subscription) => subscription.stop()));
    },
  };
}

/** Keeps one session alive, replacing it when it dies. */
function supervise(
  options: KafkaSubscriberOptions,
  group: string,
  topics: readonly string[],
  handler: SubscriptionHandler,
): Subscription {
  const log = options.log.child({ group });
  const sessionTimeoutMs = options.sessionTimeoutMs ?? 10_000;
  const rebalanceTimeoutMs = options.rebalanceTimeoutMs ?? 60_000;
  const stopTimeoutMs = options.stopTimeoutMs ?? 30_000;
  const stalledAfterMs = rebalanceTimeoutMs + 2 * sessionTimeoutMs;
  const ended = Promise.withResolvers<void>();
  ended.promise.catch(() => undefined);
  const over = new AbortController();
  let paused = false;
  let failures = 0;
  let session: GroupSession;
  let stopping: Promise<void> | undefined;

  const begin = (): void => {
    const current = new GroupSession({
      connection: options,
      group,
      topics,
      handler,
      timeouts: defaultTimeouts,
      maxBatchRecords: options.maxBatchRecords ?? 500,
      maxBytesPerPartition: options.maxBytesPerPartition ?? 1024 * 1024,
      maxBytes: options.maxBytes ?? 10 * 1024 * 1024,
      concurrency: options.concurrency ?? 4,
      sessionTimeoutMs,
      rebalanceTimeoutMs,
      maxWaitMs: 500,
      isPaused: () => paused,
      onReady: () => {
        failures = 0;
        handler.health(undefined);
      },
      onCrash: (error) => void replace(current, error),
      onTrouble: (error) => {
        if (over.signal.aborted) return;
        handler.health(error);
        log.warn({ err: error }, 'The handler cannot say yet where reading begins; it is asked again.');
      },
      onRefused: (error) => void refuse(current, error),
    });
    session = current;
    void current.start();
  };

  const replace = async (dead: GroupSession, error: Error): Promise<void> => {
    if (over.signal.aborted || dead !== session) return;
    handler.health(error);
    const waitMs = fullJitterMs(failures, { baseMs: 500, capMs: 4_000, floorMs: 100 });
    failures += 1;
    log.warn({ err: error, waitMs }, 'The client died; it is being rebuilt.');
    await pauseFor(waitMs, over.signal);
    await settledBy(dead.delivered(), AbortSignal.any([over.signal, AbortSignal.timeout(stopTimeoutMs)]));
    if (!over.signal.aborted) begin();
  };

  const refuse = async (current: GroupSession, error: Error): Promise<void> => {
    if (over.signal.aborted) return;
    end();
    await current.stop(5_000);
    ended.reject(error);
  };

  const end = (): void => {
    over.abort();
    clearInterval(watching);
  };

  const watching = setInterval(() => {
    const silentMs = session.silentMs;
    if (silentMs < stalledAfterMs || over.signal.aborted) return;
    session.kill();
    void replace(session, new SubscriptionStalledError(group, silentMs));
  }, 5_000);

  begin();

  return {
    pause() {
      paused = true;
      session.applyPauses();
    },
    resume() {
      paused = false;
      session.applyPauses();
    },
    async stop() {
      stopping ??= (async () => {
        if (!over.signal.aborted) {
          end();
          await session.stop(stopTimeoutMs);
          ended.resolve();
        }
        await ended.promise.catch(() => undefined);
      })();
      await stopping;
    },
    ended: ended.promise,
  };
}
