/**
 * Java's murmur2 (`org.apache.kafka.common.utils.Utils.murmur2`) of a key's UTF-8 bytes, made positive as the Java
 * producer does (`hash & 0x7fffffff`). Every Kafka client that follows Java puts a key on the partition
 * `murmur2(key) % partitions`.
 */
export function murmur2(key: string | Uint8Array): number {
  const data = typeof key === 'string' ? Buffer.from(key) : key;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const mixer = 0x5bd1e995;
  const whole = data.length & ~3;

  let hash = 0x9747b28c ^ data.length;
  for (let offset = 0; offset < whole; offset += 4) {
    let word = Math.imul(view.getInt32(offset, true), mixer);
    word = Math.imul(word ^ (word >>> 24), mixer);
    hash = Math.imul(hash, mixer) ^ word;
  }
  if (whole < data.length) {
    for (let offset = data.length - 1; offset >= whole; offset -= 1) {
      hash ^= view.getUint8(offset) << ((offset - whole) * 8);
    }
    hash = Math.imul(hash, mixer);
  }
  hash = Math.imul(hash ^ (hash >>> 13), mixer);
  return (hash ^ (hash >>> 15)) & 0x7fffffff;
}
