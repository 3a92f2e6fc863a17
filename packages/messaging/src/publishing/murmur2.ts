const SEED = 0x9747b28c;
const M = 0x5bd1e995;

/**
 * MurmurHash2, 32 bits, as Kafka's Java client computes it (`org.apache.kafka.common.utils.Utils.murmur2`): every
 * Kafka driver partitions by it. Answers a signed 32-bit integer.
 */
export function murmur2(data: Uint8Array): number {
  const { length } = data;
  const words = length >> 2;
  let hash = SEED ^ length;
  for (let word = 0; word < words; word += 1) {
    const at = word << 2;
    let k = byte(data, at) | (byte(data, at + 1) << 8) | (byte(data, at + 2) << 16) | (byte(data, at + 3) << 24);
    k = Math.imul(k, M);
    k ^= k >>> 24;
    hash = Math.imul(hash, M) ^ Math.imul(k, M);
  }
  const tail = words << 2;
  const rest = length - tail;
  if (rest === 3) hash ^= byte(data, tail + 2) << 16;
  if (rest >= 2) hash ^= byte(data, tail + 1) << 8;
  if (rest >= 1) hash = Math.imul(hash ^ byte(data, tail), M);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, M);
  return (hash ^ (hash >>> 15)) | 0;
}

function byte(data: Uint8Array, at: number): number {
  return data[at] ?? 0;
}
