import type { OffsetRange, TopicRangeReader } from '@waybill/kafka';
import {
  type ConsumerDefinition,
  type Incoming,
  type LogRecord,
  recordReader,
  type SchemaRegistry,
  systemClock,
} from '@waybill/messaging';
import type { Queryable } from '@waybill/messaging';
import { positionsOf } from '@waybill/postgres';
import type { ReplaySelection } from './api.ts';
import { type Candidate, candidateOf } from './replay-selection.ts';

/** Records that lie ready at once, at most, and their bytes. */
const readyRecords = 500;
const readyBytes = 8 * 1024 * 1024;

/** The brokers' clocks and the relays' may differ by so many milliseconds. */
const clockSlackMs = 60_000;

/** Where a service's replays are read from. */
export interface ReplaySource {
  readonly log: TopicRangeReader;
  readonly registry: SchemaRegistry;
}

/**
 * What of a topic a selection covers and a consumer's position is past, as it is now: all else comes to it by itself.
 * @throws {TopicRangeReadError} when the brokers cannot be asked.
 */
export async function replayRanges(
  { log }: ReplaySource,
  db: Queryable,
  { name }: ConsumerDefinition,
  { topic, since, until, positions }: ReplaySelection,
): Promise<readonly OffsetRange[]> {
  const span = {
    since: since === undefined ? undefined : Date.parse(since),
    until: until === undefined ? undefined : Date.parse(until) + clockSlackMs,
  };
  const held = await log.rangesOf(topic, span);
  const reached = await positionsOf(db, name, topic);
  return held.flatMap(({ partition, from, to }) => {
    const wanted = positions?.find((each) => each.partition === partition);
    if (positions !== undefined && wanted === undefined) return [];
    const start = highest(from, wanted?.from === undefined ? from : BigInt(wanted.from));
    const end = lowest(to, reached.get(partition) ?? 0n, wanted?.to === undefined ? to : BigInt(wanted.to));
    return start < end ? [{ partition, from: start, to: end }] : [];
  });
}

/** A record that was read, and what of it may be given again. */
export interface ReadRecord {
  readonly record: LogRecord;
  readonly candidate: Candidate | undefined;
  readonly incoming: Incoming;
}

/** Reads ranges of a topic ahead of whoever decides, so that no transaction waits for the brokers. */
export class ReplayFeed {
  readonly #records: AsyncGenerator<LogRecord, void, undefined>;
  readonly #definition: ConsumerDefinition;
  readonly #selection: ReplaySelection;
  readonly #reader: ReturnType<typeof recordReader>;
  #ready: readonly ReadRecord[] = [];
  #isOver = false;

  constructor(
    { log, registry }: ReplaySource,
    definition: ConsumerDefinition,
    selection: ReplaySelection,
    ranges: readonly OffsetRange[],
  ) {
    this.#definition = definition;
    this.#selection = selection;
    this.#records = log.read(selection.topic, ranges);
    this.#reader = recordReader(definition, registry, systemClock);
  }

  /** What lies ready, in the order of each partition. */
  get ready(): readonly ReadRecord[] {
    return this.#ready;
  }

  /** Whether no more will come than lies ready. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** Reads more. @throws {TopicRangeReadError} when the end of the ranges cannot be reached. */
  async fill(): Promise<void> {
    const records: LogRecord[] = [];
    let bytes = 0;
    while (records.length < readyRecords && bytes < readyBytes) {
      const { value, done } = await this.#records.next();
      if (done === true) {
        this.#isOver = true;
        break;
      }
      records.push(value);
      bytes += value.value?.length ?? 0;
    }
    await this.#reader.prepare(records);
    const now = Date.now();
    const read = records.map((record) => {
      const arrived = { record, incoming: this.#reader.read(record) };
      return { ...arrived, candidate: candidateOf(this.#definition, this.#selection, arrived, now) };
    });
    this.#ready = [...this.#ready, ...read];
  }

  /** Forgets what lies before these offsets. */
  dropBefore(ranges: readonly OffsetRange[]): void {
    const from = new Map(ranges.map((range) => [range.partition, range.from]));
    this.#ready = this.#ready.filter(
      ({ record }) => record.offset >= (from.get(record.partition) ?? record.offset + 1n),
    );
  }

  async close(): Promise<void> {
    await this.#records.return();
  }
}

function highest(...offsets: readonly bigint[]): bigint {
  return offsets.reduce((a, b) => (a > b ? a : b));
}

function lowest(...offsets: readonly bigint[]): bigint {
  return offsets.reduce((a, b) => (a < b ? a : b));
}
