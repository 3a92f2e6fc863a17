import type { LogRecord, TopicReader } from '../log.ts';
import type { ConsumerContext } from './consumer-context.ts';
import { callHandler } from './handler-call.ts';
import { type EntityKey, entityKeyText } from './inbox-store.ts';
import type { Incoming } from './record-reader.ts';
import { tracedTransaction } from './traced-transaction.ts';
import { WorkingEntities } from './working-entities.ts';

/** A producer publishes each changed entity's snapshot within this time; twice of it covers what was under way. */
export const SNAPSHOT_DELAY_MS = 60_000;

const BATCH = 200;

/**
 * Fills a new projection from its snapshot topics, once for all its processes. Answers from what time on it reads
 * events (milliseconds since 1970), or undefined for a consumer that has no snapshots and reads from the beginning.
 */
export async function bootstrap(c: ConsumerContext, topics: TopicReader): Promise<number | undefined> {
  const { name, snapshots } = c.definition;
  if (snapshots.length === 0) return undefined;
  return c.store.exclusively(name, async () => {
    const done = await c.store.bootstrapped(name);
    if (done !== undefined) return done.eventsFrom;
    const eventsFrom = c.clock.now() - 2 * SNAPSHOT_DELAY_MS;
    let count = 0;
    for (const topic of new Set(snapshots.map(({ contract }) => contract.topic)))
      count += await readTopic(c, topics, topic);
    await c.store.markBootstrapped(name, eventsFrom);
    c.log.info({ consumer: name, snapshots: count }, 'the projection was filled from its snapshot topics');
    return eventsFrom;
  });
}

async function readTopic(c: ConsumerContext, topics: TopicReader, topic: string): Promise<number> {
  let batch: LogRecord[] = [];
  let count = 0;
  for await (const record of untilAborted(topics.readToEnd(topic), c.stopping)) {
    batch.push(record);
    if (batch.length < BATCH) continue;
    count += await applyBatch(c, batch);
    batch = [];
  }
  return count + (await applyBatch(c, batch));
}

type SnapshotArrived = Extract<Incoming, { kind: 'snapshot' }>;

async function applyBatch(c: ConsumerContext, records: readonly LogRecord[]): Promise<number> {
  await c.reader.prepare(records);
  const snapshots = records
    .map((record) => c.reader.read(record))
    .filter((incoming): incoming is SnapshotArrived => incoming.kind === 'snapshot');
  if (snapshots.length === 0) return 0;
  const keys = new Map<string, EntityKey>(snapshots.map(({ event }) => [entityKeyText(event), event]));
  await tracedTransaction(c, async (tx, spans) => {
    const entities = new WorkingEntities(
      [...keys.values()],
      await tx.lockEntities(c.definition.name, [...keys.values()]),
    );
    for (const { event, entry } of snapshots) {
      if (event.aggregateVersion <= entities.get(event).applied) continue;
      const call = { contract: entry.contract, event, attempt: 1, origin: undefined };
      await callHandler(c, call, { tx, spans }, entry.handle);
      entities.reconcile(event, event.aggregateVersion);
    }
    await tx.saveEntities(c.definition.name, entities.changed());
  });
  return snapshots.length;
}

/** The same items, until the signal aborts; a reading that stands still must not keep a process from stopping. */
async function* untilAborted<T>(items: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T, void, undefined> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener('abort', onAbort, { once: true });
  aborted.promise.catch(() => undefined);
  const iterator = items[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await Promise.race([iterator.next(), aborted.promise]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited: a generator that stands still answers only when its own patience ends.
    void iterator.return?.().catch(() => undefined);
  }
}
