import { isUtf8 } from 'node:buffer';
import type { EnumNode, RecordNode, SchemaNode, UnionNode } from '../schema/schema-node.ts';
import { maxTimestampBytes, timestampRange } from './avro-types.ts';
import type { CodecLimits } from './limits.ts';

/** A body that is not what its schema says. It names the field and the byte, never the content. */
export class ScanProblem extends Error {
  path = '';

  /** Puts a step before the path: a field's name, or `[2]`. */
  within(step: string): this {
    this.path = this.path === '' || this.path.startsWith('[') ? step + this.path : `${step}.${this.path}`;
    return this;
  }

  /** `lines[2].sku: truncated, at byte 40` */
  get description(): string {
    return `${this.path === '' ? 'body' : this.path}: ${this.message}`;
  }
}

/** A position in a body, and what the body has used up of its limits. */
class Cursor {
  readonly bytes: Uint8Array;
  readonly end: number;
  readonly itemLimit: number;
  pos = 0;
  depth = 0;
  items = 0;

  constructor(bytes: Uint8Array, limits: CodecLimits) {
    this.bytes = bytes;
    this.end = bytes.length;
    this.itemLimit = bytes.length + limits.maxEmptyItems;
  }

  fail(problem: string): never {
    throw new ScanProblem(`${problem}, at byte ${this.pos}`);
  }

  /** A zigzag varint of at most 32 bits. */
  int(): number {
    let raw = 0;
    for (let shift = 0; shift < 35; shift += 7) {
      const byte = this.bytes[this.pos];
      if (byte === undefined) this.fail('truncated');
      this.pos++;
      raw += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) {
        if (raw > 0xffff_ffff) break;
        return raw % 2 === 0 ? raw / 2 : -(raw + 1) / 2;
      }
    }
    return this.fail('an int beyond 32 bits');
  }

  /** Steps over a zigzag varint of at most 64 bits. */
  skipLong(): void {
    for (let i = 0; i < 10; i++) {
      const byte = this.bytes[this.pos];
      if (byte === undefined) this.fail('truncated');
      this.pos++;
      if (byte < 0x80) {
        if (i === 9 && byte > 1) break;
        return;
      }
    }
    this.fail('a long beyond 64 bits');
  }

  skip(size: number): void {
    if (size > this.end - this.pos) this.fail(`${size} bytes announced, ${this.end - this.pos} left`);
    this.pos += size;
  }

  /** The length of a string or of bytes, which must be there. */
  length(): number {
    const size = this.int();
    if (size < 0) this.fail('a negative length');
    if (size > this.end - this.pos) this.fail(`${size} bytes announced, ${this.end - this.pos} left`);
    return size;
  }
}

type Scan = (cursor: Cursor) => void;

/**
 * Compiles a writer's schema into a walk over a body that builds nothing. It makes sure that the body is exactly one
 * value of the schema, within the limits, before anything is decoded: a body of five bytes may announce an array of
 * two thousand million nulls.
 */
export function compileScan(node: SchemaNode, limits: CodecLimits): (body: Uint8Array) => void {
  const scan = new ScanCompiler(limits.maxDepth).compile(node);
  return (body) => {
    if (body.length > limits.maxBodyBytes) {
      throw new ScanProblem(`${body.length} bytes, and at most ${limits.maxBodyBytes} are read`);
    }
    const cursor = new Cursor(body, limits);
    scan(cursor);
    if (cursor.pos !== cursor.end) cursor.fail(`${cursor.end - cursor.pos} bytes too many`);
  };
}

class ScanCompiler {
  readonly #maxDepth: number;
  readonly #records = new Map<RecordNode, Scan>();
  readonly #sizes = new Map<RecordNode, number>();

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  compile(node: SchemaNode): Scan {
    switch (node.kind) {
      case 'null':
        return () => undefined;
      case 'boolean':
        return scanBoolean;
      case 'int':
        return (cursor) => void cursor.int();
      case 'long':
        return (cursor) => cursor.skipLong();
      case 'timestamp':
        return scanTimestamp;
      case 'float':
        return (cursor) => cursor.skip(4);
      case 'double':
        return (cursor) => cursor.skip(8);
      case 'bytes':
      case 'decimal':
        return (cursor) => cursor.skip(cursor.length());
      case 'string':
      case 'uuid':
        return scanString;
      case 'fixed':
        return (cursor) => cursor.skip(node.size);
      case 'enum':
        return enumScan(node);
      case 'array':
        return this.#blocks(this.compile(node.items), this.#minimumSize(node.items));
      case 'map':
        return this.#blocks(mapEntryScan(this.compile(node.values)), 1 + this.#minimumSize(node.values));
      case 'union':
        return this.#union(node);
      case 'record':
        return this.#record(node);
    }
  }

  #record(node: RecordNode): Scan {
    const known = this.#records.get(node);
    if (known !== undefined) return known;
    const fields: Scan[] = [];
    const scan = this.#nested((cursor) => {
      let i = 0;
      try {
        for (; i < fields.length; i++) fields[i]?.(cursor);
      } catch (error) {
        throw error instanceof ScanProblem ? error.within(node.fields[i]?.name ?? '') : error;
      }
    });
    // Remembered before its fields are compiled, since they may refer to it.
    this.#records.set(node, scan);
    for (const field of node.fields) fields.push(this.compile(field.node));
    return scan;
  }

  #union(node: UnionNode): Scan {
    const branches = node.branches.map((branch) => this.compile(branch));
    return (cursor: Cursor) => {
      const branch = branches[cursor.int()];
      if (branch === undefined) return cursor.fail('a branch that the union does not have');
      branch(cursor);
    };
  }

  #blocks(item: Scan, minimum: number): Scan {
    return this.#nested((cursor) => {
      let index = 0;
      for (let count = cursor.int(); count !== 0; count = cursor.int()) {
        let size: number | undefined;
        if (count < 0) {
          count = -count;
          size = cursor.length();
        }
        if (count * minimum > cursor.end - cursor.pos) {
          cursor.fail(`${count} items announced, ${cursor.end - cursor.pos} bytes left`);
        }
        cursor.items += count;
        if (cursor.items > cursor.itemLimit) cursor.fail('more items than the limit for its bytes');
        const start = cursor.pos;
        const end = index + count;
        try {
          for (; index < end; index++) item(cursor);
        } catch (error) {
          throw error instanceof ScanProblem ? error.within(`[${index}]`) : error;
        }
        // A reader that skips the field goes by this size, one that reads it by the items: they must agree.
        if (size !== undefined && cursor.pos - start !== size) cursor.fail('a block that is not of its size');
      }
    });
  }

  #nested(scan: Scan): Scan {
    const maxDepth = this.#maxDepth;
    return (cursor) => {
      if (++cursor.depth > maxDepth) cursor.fail(`nested deeper than ${maxDepth} levels`);
      scan(cursor);
      cursor.depth--;
    };
  }

  /** The fewest bytes that a value can take. A record inside itself counts nothing, which only makes the bound weaker. */
  #minimumSize(node: SchemaNode): number {
    switch (node.kind) {
      case 'null':
        return 0;
      case 'float':
        return 4;
      case 'double':
        return 8;
      case 'fixed':
        return node.size;
      case 'record': {
        const known = this.#sizes.get(node);
        if (known !== undefined) return known;
        this.#sizes.set(node, 0);
        const size = node.fields.reduce((sum, field) => sum + this.#minimumSize(field.node), 0);
        this.#sizes.set(node, size);
        return size;
      }
      default:
        return 1;
    }
  }
}

function scanBoolean(cursor: Cursor): void {
  const byte = cursor.bytes[cursor.pos];
  if (byte === undefined) return cursor.fail('truncated');
  if (byte > 1) cursor.fail('a boolean that is neither 0 nor 1');
  cursor.pos++;
}

function scanTimestamp(cursor: Cursor): void {
  const start = cursor.pos;
  cursor.skipLong();
  if (cursor.pos - start > maxTimestampBytes) cursor.fail(timestampRange);
}

function enumScan(node: EnumNode): Scan {
  const count = node.symbols.length;
  return (cursor) => {
    const index = cursor.int();
    if (index < 0 || index >= count) cursor.fail('a symbol that the enum does not have');
  };
}

/** Answers where the text begins; the cursor is then at its end. */
function scanText(cursor: Cursor): number {
  const { bytes } = cursor;
  const size = cursor.length();
  const start = cursor.pos;
  const end = start + size;
  let i = start;
  while (i < end && (bytes[i] ?? 0) < 0x80) i++;
  if (i < end && !isUtf8(bytes.subarray(i, end))) cursor.fail('a string that is not UTF-8');
  cursor.pos = end;
  return start;
}

function scanString(cursor: Cursor): void {
  scanText(cursor);
}

const protoKey = Buffer.from('__proto__');

/** avsc sets a map's entries by assignment, which for this key would swap the map's prototype. */
function mapEntryScan(value: Scan): Scan {
  return (cursor) => {
    const start = scanText(cursor);
    if (cursor.pos - start === protoKey.length && protoKey.equals(cursor.bytes.subarray(start, cursor.pos))) {
      cursor.fail('a map with the key __proto__');
    }
    value(cursor);
  };
}
