import { UsageError } from './errors.ts';

/** @throws UsageError for what is no id of a parked entry: it becomes part of a path. */
export function entryId(text: string): string {
  if (/^\d{1,19}$/.test(text)) return text;
  throw new UsageError(`${JSON.stringify(text)} is no id of a parked entry; ./waybill parked ls shows them.`);
}

/** The ids without repetition, in the order in which the entries were parked. @throws UsageError */
export function oldestFirst(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.map(entryId))].toSorted((a, b) => (BigInt(a) < BigInt(b) ? -1 : 1));
}
