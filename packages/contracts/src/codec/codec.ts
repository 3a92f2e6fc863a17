import type { Type } from 'avsc';
import type { Codec } from '../contract.ts';
import { DecodingError, EncodingError, InvalidSchemaError } from '../errors.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import { explainIncompatibility } from '../schema/explain.ts';
import type { SchemaNode } from '../schema/schema-node.ts';
import { avroType } from './avro-types.ts';
import { compileCheck } from './check.ts';
import { type CodecLimits, defaultLimits } from './limits.ts';
import { compileScan, ScanProblem } from './scan.ts';

/** How a body of one writer's schema becomes the reader's data, or why it cannot. */
type Reading =
  | {
      readonly scan: (body: Uint8Array) => void;
      readonly type: Type;
      readonly resolver: Resolver | undefined;
    }
  | { readonly problem: string };

/** Writers remembered for each contract. A registry holds a handful of versions; more are read, and compiled anew. */
const rememberedWriters = 64;

/** Characters of a writer's schema, above which it is not looked at. */
const maxSchemaLength = 1_000_000;

/**
 * The Avro codec of a contract.
 * @throws {InvalidSchemaError} when the schema is none.
 */
export function avroCodec<TData>(options: {
  /** The contract's full name, for messages. */
  readonly name: string;
  readonly schema: string;
  readonly limits?: Partial<CodecLimits>;
}): Codec<TData> {
  const { name, schema } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const node = parseSchema(schema);
  const type = ownType(name, schema);
  const check = compileCheck(node, limits);
  const own: Reading = { scan: compileScan(node, limits), type, resolver: undefined };
  const readings = new Map<string, Reading>();
  return { encode, decode };

  function encode(data: TData): Uint8Array {
    const { misfit, items } = check(data);
    if (misfit !== undefined) throw new EncodingError(name, misfit.path, misfit.problem);
    let body: Uint8Array;
    try {
      body = type.toBuffer(data);
    } catch {
      // avsc's message holds the value, so it is not passed on.
      throw new EncodingError(name, '', 'it changed while it was encoded, or does not fit the schema');
    }
    if (body.length > limits.maxBodyBytes) {
      throw new EncodingError(name, '', `${body.length} bytes, and at most ${limits.maxBodyBytes} are allowed`);
    }
    if (items > body.length + limits.maxEmptyItems) {
      throw new EncodingError(name, '', `more than ${limits.maxEmptyItems} items that take no bytes`);
    }
    return body;
  }

  function decode(body: Uint8Array, writerSchema: string = schema): TData {
    const reading = writerSchema === schema ? own : remembered(writerSchema);
    if ('problem' in reading) throw new DecodingError(name, reading.problem);
    try {
      reading.scan(body);
      const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body.buffer, body.byteOffset, body.byteLength);
      return reading.type.fromBuffer(bytes, reading.resolver, true) as TData;
    } catch (error) {
      throw new DecodingError(name, problemOf(error));
    }
  }

  function remembered(writerSchema: string): Reading {
    let reading = readings.get(writerSchema);
    if (reading !== undefined) return reading;
    reading = readingOf(writerSchema);
    if (readings.size >= rememberedWriters) {
      const [oldest] = readings.keys();
      if (oldest !== undefined) readings.delete(oldest);
    }
    readings.set(writerSchema, reading);
    return reading;
  }

  /** The resolver, or why there is none. */
  function resolverOf(writer: SchemaNode, writerType: Type): Resolver | string {
    try {
      return type.createResolver(writerType);
    } catch (error) {
      const reasons = explainIncompatibility(node, writer);
      return reasons.length > 0 ? reasons.join('; ') : schemaProblem(error);
    }
  }

  function readingOf(writerSchema: string): Reading {
    if (writerSchema.length > maxSchemaLength) return { problem: "the writer's schema is too long" };
    try {
      const writer = parseSchema(writerSchema);
      const writerType = avroType(writerSchema);
      const resolver = resolverOf(writer, writerType);
      if (typeof resolver === 'string') return { problem: `the writer's schema does not resolve: ${resolver}` };
      return { scan: compileScan(writer, limits), type, resolver };
    } catch (error) {
      return { problem: `the writer's schema cannot be used: ${schemaProblem(error)}` };
    }
  }
}

type Resolver = ReturnType<Type['createResolver']>;

function ownType(name: string, schema: string): Type {
  try {
    return avroType(schema);
  } catch (error) {
    throw new InvalidSchemaError(name, schemaProblem(error));
  }
}

function problemOf(error: unknown): string {
  if (error instanceof ScanProblem) return error.description;
  // The scan leaves only these: what a logical type, or avsc, finds wrong with a value. Their texts may quote it.
  return error instanceof RangeError && !error.message.includes('(') ? error.message : 'a value out of its range';
}

function schemaProblem(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 500) : 'unknown';
}
