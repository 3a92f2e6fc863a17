import { Decimal } from 'decimal.js';
import type { DecimalNode } from '../schema/schema-node.ts';

/** Why `value` is not a decimal that `node` holds exactly, or undefined when it is. Nothing is ever rounded. */
export function decimalProblem(value: unknown, node: DecimalNode): string | undefined {
  if (!Decimal.isDecimal(value)) return `expected Decimal, got ${nameOf(value)}`;
  if (!value.isFinite()) return 'expected a finite Decimal';
  if (value.isZero()) return undefined;
  if (value.decimalPlaces() > node.scale) {
    return `expected at most ${node.scale} digits after the point, got ${value.decimalPlaces()}`;
  }
  // `e` is the exponent of the first digit, so this bounds the size before any text is made of it.
  const integerDigits = Math.max(value.e + 1, 0);
  if (integerDigits > node.precision - node.scale) {
    return `expected at most ${node.precision - node.scale} digits before the point, got ${integerDigits}`;
  }
  return undefined;
}

function nameOf(value: unknown): string {
  return value === null ? 'null' : typeof value;
}

/** The unscaled value as big-endian two's complement in as few bytes as hold it (Avro 1.12, "Decimal"). */
export function decimalToBytes(value: Decimal, node: DecimalNode): Buffer {
  const digits = value.toFixed(node.scale).replace('.', '');
  const small = Number(digits);
  if (small >= -0x8000_0000_0000 && small <= 0x7fff_ffff_ffff) {
    const size = sizeOf(small);
    const bytes = Buffer.allocUnsafe(size);
    bytes.writeIntBE(small, 0, size);
    return bytes;
  }
  return bigToBytes(BigInt(digits));
}

function sizeOf(value: number): number {
  let size = 1;
  let limit = 0x80;
  while (value < -limit || value >= limit) {
    size++;
    limit *= 0x100;
  }
  return size;
}

function bigToBytes(value: bigint): Buffer {
  let size = 7;
  while (BigInt.asIntN(size * 8, value) !== value) size++;
  const hex = BigInt.asUintN(size * 8, value)
    .toString(16)
    .padStart(size * 2, '0');
  return Buffer.from(hex, 'hex');
}

/** Reads what {@link decimalToBytes} wrote, with or without sign bytes to spare. @throws {RangeError} when it has too many digits. */
export function decimalFromBytes(bytes: Buffer, node: DecimalNode): Decimal {
  if (bytes.length === 0) throw new RangeError('a decimal without bytes');
  if (bytes.length <= 6) return fromUnscaled(String(bytes.readIntBE(0, bytes.length)), node);
  const value = withoutSpareSign(bytes);
  // A byte holds more than 2.4 digits: what is longer than this cannot be within the precision.
  if (value.length > node.precision / 2 + 2) throw new RangeError('a decimal beyond its precision');
  const unscaled = BigInt.asIntN(value.length * 8, BigInt(`0x${value.toString('hex')}`));
  return fromUnscaled(unscaled.toString(), node);
}

function withoutSpareSign(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1) {
    const negative = (bytes.readUInt8(start + 1) & 0x80) !== 0;
    if (bytes.readUInt8(start) !== (negative ? 0xff : 0)) break;
    start++;
  }
  return bytes.subarray(start);
}

function fromUnscaled(unscaled: string, node: DecimalNode): Decimal {
  const sign = unscaled.startsWith('-') ? '-' : '';
  const digits = sign === '' ? unscaled : unscaled.slice(1);
  if (digits.length > node.precision) throw new RangeError('a decimal beyond its precision');
  if (node.scale === 0) return new Decimal(unscaled);
  // Built from text, since arithmetic would round to the precision that the process has set for Decimal.
  const padded = digits.padStart(node.scale + 1, '0');
  const point = padded.length - node.scale;
  return new Decimal(`${sign}${padded.slice(0, point)}.${padded.slice(point)}`);
}
