import type { OutgoingRecord } from '@waybill/messaging';

/** About what a record takes on the wire, in bytes; never below it by more than the batch's own header. */
export function recordBytes(record: OutgoingRecord): number {
  let bytes = 24 + Buffer.byteLength(record.key) + record.value.byteLength;
  if (record.headerBytes) return bytes + record.headerBytes.length;
  for (const [name, value] of Object.entries(record.headers)) {
    bytes += 6 + Buffer.byteLength(name) + Buffer.byteLength(value);
  }
  return bytes;
}

/**
 * Splits entries into requests, in order, such that no partition gets more than `maxBytes` in one of them (unless a
 * single entry is larger), since a broker refuses a batch above its limit whatever its records are.
 */
export function sendRounds<T>(
  entries: readonly T[],
  partitionOf: (entry: T) => number,
  bytesOf: (entry: T) => number,
  maxBytes: number,
): T[][] {
  const rounds: { entries: T[]; bytes: Map<number, number> }[] = [];
  const latest = new Map<number, number>();
  for (const entry of entries) {
    const partition = partitionOf(entry);
    const bytes = bytesOf(entry);
    let at = latest.get(partition) ?? 0;
    const used = rounds[at]?.bytes.get(partition) ?? 0;
    if (used > 0 && used + bytes > maxBytes) at += 1;
    latest.set(partition, at);
    const round = (rounds[at] ??= { entries: [], bytes: new Map() });
    round.entries.push(entry);
    round.bytes.set(partition, (round.bytes.get(partition) ?? 0) + bytes);
  }
  return rounds.map((round) => round.entries);
}
