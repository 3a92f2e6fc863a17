import {
  type ConsumerDefinition,
  eventTopicsOf,
  type LagTime,
  lagTime,
  type Logger,
  longestLag,
  type Queryable,
} from '@waybill/messaging';
import type { LogEnds, PartitionEnds } from '@waybill/kafka';
import {
  type ConnectionPool,
  claimSampling,
  endsAround,
  endWindow,
  flowWindows,
  noteLogEnds,
  type PartitionLag,
  pruneSamples,
  readPositions,
  savePartitions,
  saveSamples,
  transaction,
} from '@waybill/postgres';
import type { BackgroundTask } from '../background-task.ts';

/** How often a sample is taken, in milliseconds. */
export const sampleEveryMs = 10_000;
/** For how long samples are kept: a day, and an hour that a day's end can be compared with. */
export const keptMs = 25 * 3_600_000;

export interface FlowSamplerOptions {
  readonly pool: ConnectionPool & Queryable;
  readonly definitions: readonly ConsumerDefinition[];
  readonly ends: Pick<LogEnds, 'of'>;
  readonly log: Logger;
  /** Ends the wait for the broker. */
  readonly signal?: AbortSignal;
}

/**
 * Samples how the flows of a service do, in one process at a time: what was handled since the sample before, how soon it was
 * visible, what failed, and what the log holds that was not read. While the broker is away the rest is sampled without it.
 */
export function flowSamplingTask(options: FlowSamplerOptions): BackgroundTask {
  return {
    name: 'flow-samples',
    intervalMs: sampleEveryMs,
    run: async (signal) => void (await sampleFlows({ ...options, signal })),
  };
}

/** Deletes old samples. */
export function flowPruningTask(db: Queryable): BackgroundTask {
  return {
    name: 'flow-samples-upkeep',
    intervalMs: 600_000,
    run: async () => pruneSamples(db, new Date(Date.now() - keptMs)),
  };
}

/** Takes one sample, when it is due and no other process took it. Answers whether it did. */
export async function sampleFlows(
  options: FlowSamplerOptions,
  everyMs: number = sampleEveryMs,
): Promise<'sampled' | 'not-due'> {
  const { pool, definitions, signal } = options;
  // Whoever looks every ten seconds must not find that nine and a half have passed, and wait for another ten.
  const claimed = await claimSampling(pool, everyMs * 0.9);
  if (claimed === undefined) return 'not-due';
  // Before the transaction: nothing of the network is waited for while one is open.
  const logs = await logsOf(options);
  if (signal?.aborted === true) return 'not-due';
  return transaction(pool, async (tx) => {
    const window = await endWindow(tx, claimed, sampleEveryMs);
    if (window === undefined) return 'not-due';
    const windows = await flowWindows(tx, definitions, window);
    const lags = await lagsOf(tx, definitions, logs, window.now);
    for (const [consumer, { partitions }] of lags) await savePartitions(tx, consumer, partitions, window.now);
    const windowMs = window.until.getTime() - window.from.getTime();
    await saveSamples(
      tx,
      windows.map((one) => {
        const lag = lags.get(one.consumer);
        return {
          ...one,
          ...{ at: window.until, windowMs, came: lag?.came, lagEvents: lag?.lagEvents, lagTime: lag?.lagTime },
        };
      }),
    );
    return 'sampled';
  });
}

/** By topic; undefined for one that does not answer. */
type Logs = ReadonlyMap<string, readonly PartitionEnds[] | undefined>;

/** Where the logs of all topics end; whoever stops does not wait for a broker that is away. */
async function logsOf({ definitions, ends, log, signal }: FlowSamplerOptions): Promise<Logs> {
  const topics = [...new Set(definitions.flatMap(eventTopicsOf))];
  const asked = Promise.all(topics.map(async (topic) => [topic, await endsOf(topic, ends, log)] as const));
  const stopped = Promise.withResolvers<readonly never[]>();
  const stop = () => stopped.resolve([]);
  signal?.addEventListener('abort', stop);
  try {
    return new Map(await Promise.race([asked, stopped.promise]));
  } finally {
    signal?.removeEventListener('abort', stop);
  }
}

async function endsOf(
  topic: string,
  ends: FlowSamplerOptions['ends'],
  log: Logger,
): Promise<readonly PartitionEnds[] | undefined> {
  try {
    return await ends.of(topic);
  } catch (error) {
    log.debug({ topic, err: error }, 'the ends of a log are not known; how far it is read is not either');
    return undefined;
  }
}

interface Lag {
  readonly came: bigint;
  readonly lagEvents: bigint;
  readonly lagTime: LagTime | undefined;
  readonly partitions: readonly PartitionLag[];
}

/** How far each consumer is behind; those are left out of which a topic does not answer. */
async function lagsOf(
  tx: Queryable,
  definitions: readonly ConsumerDefinition[],
  logs: Logs,
  now: Date,
): Promise<ReadonlyMap<string, Lag>> {
  const known = [...logs.values()].flatMap((ends) => ends ?? []);
  const grown = new Map((await noteLogEnds(tx, known, now)).map((end) => [placeOf(end), end.grown]));
  const stored = new Map(
    (
      await readPositions(
        tx,
        definitions.map(({ name }) => name),
      )
    ).map((one) => [`${one.consumer} ${placeOf(one)}`, one.position]),
  );
  const lags = new Map<string, Lag>();
  for (const definition of definitions) {
    // Its snapshots are states, which are no work that waits.
    const ends = eventTopicsOf(definition).map((topic) => logs.get(topic));
    if (ends.includes(undefined)) continue;
    const read = ends
      .flatMap((some) => some ?? [])
      .map((end) => ({ end, nextOffset: stored.get(`${definition.name} ${placeOf(end)}`) }));
    const waiting = read.flatMap(({ end, nextOffset }) =>
      // What the log has dropped is no work any more.
      nextOffset === undefined || nextOffset >= end.high ? [] : [{ ...end, position: larger(nextOffset, end.low) }],
    );
    const ages = new Map(
      (await endsAround(tx, waiting)).map((around) => [
        placeOf(around),
        lagTime(around.position, around, now.getTime()),
      ]),
    );
    lags.set(definition.name, {
      came: read.reduce((sum, { end }) => sum + (grown.get(placeOf(end)) ?? 0n), 0n),
      lagEvents: waiting.reduce((sum, { high, position }) => sum + high - position, 0n),
      lagTime: longestLag(ages.values()),
      partitions: read.map(({ end, nextOffset }) => ({
        ...{ topic: end.topic, partition: end.partition, nextOffset, high: end.high },
        lagTime: ages.get(placeOf(end)),
      })),
    });
  }
  return lags;
}

function placeOf({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}
