import { murmur2 } from './murmur2.ts';

/** Slots never change in number: they are stored with the rows. Shards are ranges of slots. */
export const SLOTS = 1024;
/** What a relay leases. Each is {@link SLOTS}/{@link SHARDS} neighbouring slots. */
export const SHARDS = 16;
const SLOTS_IN_SHARD = SLOTS / SHARDS;

const utf8 = new TextEncoder();

/** The Kafka key of an aggregate: its id, with a non-empty tenant in front: `tenant/aggregateid`. */
export function keyOf(aggregate: { readonly tenant: string; readonly aggregateId: string }): string {
  return aggregate.tenant === '' ? aggregate.aggregateId : `${aggregate.tenant}/${aggregate.aggregateId}`;
}

/** 0 to 1,023: Java-compatible murmur2 of the key's UTF-8 bytes, made positive as Kafka's partitioner does. */
export function slotOf(key: string): number {
  return (murmur2(utf8.encode(key)) & 0x7fffffff) % SLOTS;
}

/** 0 to 15. */
export function shardOf(slot: number): number {
  return Math.floor(slot / SLOTS_IN_SHARD);
}
