import type { LogRecord, RecordBatch } from '@waybill/messaging';

/**
 * What is held back of one partition, and up to where its position may move meanwhile. A position never passes a
 * record that is still held, so that a restart reads it again.
 */
export class HeldRecords {
  readonly #held = new Map<bigint, LogRecord>();
  #nextOffset = 0n;
  #highestPassed = -1n;

  /** Splits a batch into what is passed on now and what is held from now on. One that then fails must be taken back. */
  split(
    batch: RecordBatch,
    isHeld: (record: LogRecord) => boolean,
  ): { readonly passed: RecordBatch; readonly held: readonly LogRecord[] } {
    const [first] = batch.records;
    if (first !== undefined && first.offset < this.#nextOffset) this.#restart(first.offset);
    const held = batch.records.filter(isHeld);
    for (const record of held) this.#held.set(record.offset, record);
    const records = batch.records.filter((record) => !isHeld(record));
    this.#nextOffset = batch.nextOffset;
    this.#highestPassed = records.at(-1)?.offset ?? this.#highestPassed;
    return { passed: { ...batch, records, nextOffset: this.#position() }, held };
  }

  /** What was passed on of the batch was not dealt with: the log delivers all of it again. */
  takeBack({ records: [first] }: RecordBatch): void {
    if (first !== undefined) this.#restart(first.offset);
  }

  /** The batch by which a held record is delivered at last; undefined when it was read again meanwhile. */
  release(record: LogRecord): RecordBatch | undefined {
    if (this.#held.get(record.offset) !== record) return undefined;
    this.#held.delete(record.offset);
    const { topic, partition } = record;
    return { topic, partition, records: [record], nextOffset: this.#position() };
  }

  /** Takes a released record back, since delivering it failed. */
  keep(record: LogRecord): void {
    this.#held.set(record.offset, record);
  }

  /** Whether dying now would make the log deliver a record again that was passed on already. */
  get wouldRepeat(): boolean {
    return [...this.#held.keys()].some((offset) => offset < this.#highestPassed);
  }

  /** The lowest offset held, or where the last batch ended. */
  #position(): bigint {
    return [...this.#held.keys()].reduce((lowest, offset) => (offset < lowest ? offset : lowest), this.#nextOffset);
  }

  /** The log reads the partition again from there: what was held from there on comes again by itself. */
  #restart(offset: bigint): void {
    for (const held of this.#held.keys()) if (held >= offset) this.#held.delete(held);
    this.#nextOffset = offset;
    this.#highestPassed = -1n;
  }
}
