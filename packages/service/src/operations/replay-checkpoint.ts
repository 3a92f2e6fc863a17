import type { OffsetRange } from '@waybill/kafka';
import { z } from 'zod';

/** How far a replay has read, by partition, as it is kept with its job. */
const checkpointShape = z.object({
  partitions: z.array(z.object({ partition: z.int(), next: z.string(), to: z.string() })),
  /** When it last gave events to the consumer, milliseconds since 1970. */
  gaveAt: z.number(),
  /** What the job was judged by when it was last stopped. */
  judged: z.object({ done: z.number(), failed: z.number() }).optional(),
});
export type ReplayCheckpoint = z.output<typeof checkpointShape>;

/** Undefined for a replay that has not begun. */
export function checkpointOf(stored: unknown): ReplayCheckpoint | undefined {
  return checkpointShape.safeParse(stored).data;
}

export function firstCheckpoint(ranges: readonly OffsetRange[], now: number): ReplayCheckpoint {
  return {
    partitions: ranges.map(({ partition, from, to }) => ({ partition, next: String(from), to: String(to) })),
    gaveAt: now,
  };
}

/** What is still to be read. */
export function rangesLeft({ partitions }: ReplayCheckpoint): readonly OffsetRange[] {
  return partitions
    .map(({ partition, next, to }) => ({ partition, from: BigInt(next), to: BigInt(to) }))
    .filter(({ from, to }) => from < to);
}

/** Offsets that ranges hold. */
export function offsetsIn(ranges: readonly OffsetRange[]): bigint {
  return ranges.reduce((sum, { from, to }) => sum + (to > from ? to - from : 0n), 0n);
}

/** Behind the records given; never back. */
export function behindRecords(
  checkpoint: ReplayCheckpoint,
  records: readonly { readonly partition: number; readonly offset: bigint }[],
): ReplayCheckpoint {
  const reached = new Map(records.map(({ partition, offset }) => [partition, offset + 1n]));
  const partitions = checkpoint.partitions.map((place) => {
    const next = reached.get(place.partition);
    return next === undefined || next <= BigInt(place.next) ? place : { ...place, next: String(next) };
  });
  return { ...checkpoint, partitions };
}

/** At the end of everything: offsets that hold no records are passed too. */
export function atTheEnd(checkpoint: ReplayCheckpoint): ReplayCheckpoint {
  return { ...checkpoint, partitions: checkpoint.partitions.map((place) => ({ ...place, next: place.to })) };
}
