import { installedVersion, internal, replacedVersion } from './internals.ts';

/** Bytes in front of a request's body: more than any header of a request takes, with a client id of usual length. */
export const HEADROOM = 512;

/** Of how many bytes the memory in front of what an encoder holds is its own. */
const headrooms = new WeakMap<object, number>();

/** kafkajs's encoder: `buf` is its memory, of which `offset` bytes are written; `buffer` is those. */
interface Encoder {
  buf: Buffer;
  offset: number;
  readonly buffer: Buffer;
  writeEncoder(value: Encoded): Encoder;
}

/** What kafkajs takes for an encoder when it writes one into another. */
export interface Encoded {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

let isReplaced = false;

/**
 * A request's body as kafkajs takes it. `memory` has {@link HEADROOM} bytes before the body, into which the header of
 * the request is then written: kafkajs would copy the body twice, into memory that it clears first.
 */
export function requestBody(memory: Buffer): Encoded {
  const body = memory.subarray(HEADROOM);
  const encoded = { buf: body, buffer: body };
  headrooms.set(encoded, HEADROOM);
  return encoded;
}

/** Lets kafkajs's encoder take over a body made by {@link requestBody}, instead of copying it. */
export function replaceBodyCopies(): void {
  if (isReplaced || installedVersion() !== replacedVersion) return;
  isReplaced = true;
  const prototype = encoderPrototype();
  const copyEncoder = prototype.writeEncoder;
  prototype.writeEncoder = function takeOver(this: Encoder, value: Encoded): Encoder {
    const headroom = headrooms.get(value) ?? 0;
    if (headroom < this.offset || this.offset === 0) return copyEncoder.call(this, value);
    const { buffer } = value;
    const whole = Buffer.from(buffer.buffer, buffer.byteOffset - this.offset, this.offset + buffer.length);
    this.buffer.copy(whole);
    headrooms.set(this, headroom - this.offset);
    this.buf = whole;
    this.offset = whole.length;
    return this;
  };
}

function encoderPrototype(): Encoder {
  const type = internal('protocol/encoder.js');
  const prototype: unknown = typeof type === 'function' ? type.prototype : undefined;
  if (!isEncoder(prototype)) throw new Error('kafkajs no longer has the encoder that is replaced here.');
  return prototype;
}

function isEncoder(value: unknown): value is Encoder {
  return typeof value === 'object' && value !== null && typeof Reflect.get(value, 'writeEncoder') === 'function';
}
