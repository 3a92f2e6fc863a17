export type Bytes = Buffer | string | null | undefined;

/** Below this many characters a loop is faster than a call into the runtime. */
const SHORT = 40;
/** Bytes kept free for a record's length, which is known only after it was written. */
const GUESSED_PREFIX = 2;

/** Fills one buffer that grows by doubling, in the number formats of Kafka's protocol. */
export class ByteWriter {
  #buffer: Buffer;
  #at = 0;

  constructor(capacity: number) {
    this.#buffer = Buffer.allocUnsafeSlow(capacity);
  }

  get position(): number {
    return this.#at;
  }

  /** What was written so far, without a copy. */
  get bytes(): Buffer {
    return this.#buffer.subarray(0, this.#at);
  }

  /** Leaves bytes free, whose content is whatever it was. */
  skip(bytes: number): void {
    this.#reserve(bytes);
    this.#at += bytes;
  }

  byte(value: number): void {
    this.#reserve(1);
    this.#buffer[this.#at] = value;
    this.#at += 1;
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#at = this.#buffer.writeInt16BE(value, this.#at);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#at = this.#buffer.writeInt32BE(value, this.#at);
  }

  int64(value: bigint): void {
    this.#reserve(8);
    this.#at = this.#buffer.writeBigInt64BE(value, this.#at);
  }

  /** Overwrites four bytes that were written before. */
  patchUInt32(at: number, value: number): void {
    this.#buffer.writeUInt32BE(value, at);
  }

  /** Zigzag and base 128, as in Protocol Buffers; 32 bits. */
  varInt(value: number): void {
    this.#reserve(5);
    this.#at = putVarInt(this.#buffer, this.#at, value);
  }

  raw(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    if (bytes.length < SHORT) {
      const buffer = this.#buffer;
      let at = this.#at;
      for (const byte of bytes) {
        buffer[at] = byte;
        at += 1;
      }
      this.#at = at;
      return;
    }
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A string of the protocol: two bytes of length in front, -1 for null. */
  text(value: string | null): void {
    if (value === null) return this.int16(-1);
    this.int16(Buffer.byteLength(value));
    this.#reserve(value.length * 3);
    this.#at += this.#buffer.write(value, this.#at, 'utf8');
  }

  /** Bytes or the UTF-8 of a text, their length as a varint in front; -1 for null. */
  sizedBytes(value: Bytes): void {
    if (value === null || value === undefined) return this.varInt(-1);
    if (typeof value === 'string') return this.#sizedText(value);
    this.varInt(value.length);
    this.raw(value);
  }

  /** Begins something whose length will stand in front as a varint. Answers what {@link endSized} needs. */
  beginSized(): number {
    const start = this.#at;
    this.#reserve(GUESSED_PREFIX);
    this.#at += GUESSED_PREFIX;
    return start;
  }

  endSized(start: number): void {
    const body = start + GUESSED_PREFIX;
    const length = this.#at - body;
    const prefix = sizeOfVarInt(length);
    if (prefix !== GUESSED_PREFIX) {
      this.#reserve(prefix);
      this.#buffer.copyWithin(start + prefix, body, this.#at);
      this.#at += prefix - GUESSED_PREFIX;
    }
    putVarInt(this.#buffer, start, length);
  }

  #sizedText(value: string): void {
    this.#reserve(value.length * 3 + 5);
    const buffer = this.#buffer;
    if (value.length < SHORT) {
      // One byte of length suffices below 64 bytes, which is so when all of it is ASCII.
      const start = this.#at;
      let at = start + 1;
      for (let index = 0; index < value.length; index += 1) {
        const code = value.charCodeAt(index);
        if (code > 127) return this.#sizedLongText(value);
        buffer[at] = code;
        at += 1;
      }
      buffer[start] = value.length << 1;
      this.#at = at;
      return;
    }
    this.#sizedLongText(value);
  }

  #sizedLongText(value: string): void {
    this.#at = putVarInt(this.#buffer, this.#at, Buffer.byteLength(value));
    this.#at += this.#buffer.write(value, this.#at, 'utf8');
  }

  #reserve(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(larger, 0, 0, this.#at);
    this.#buffer = larger;
  }
}

function zigZag(value: number): number {
  return ((value << 1) ^ (value >> 31)) >>> 0;
}

function sizeOfVarInt(value: number): number {
  return Math.max(1, Math.ceil((32 - Math.clz32(zigZag(value))) / 7));
}

function putVarInt(buffer: Buffer, at: number, value: number): number {
  let rest = zigZag(value);
  let next = at;
  while (rest > 0x7f) {
    buffer[next] = (rest & 0x7f) | 0x80;
    next += 1;
    rest >>>= 7;
  }
  buffer[next] = rest;
  return next + 1;
}
