import avro from 'avsc';
import { field, getJson } from './http.ts';

/** Decodes a framed body: byte 0, a 4-byte schema id, Avro. @throws {Error} saying what is wrong with it. */
export type DecodeBody = (value: Buffer) => Promise<Readonly<Record<string, unknown>>>;

/** A decimal as text with its scale, so that nothing is rounded. */
class DecimalText extends avro.types.LogicalType {
  readonly #scale: number;

  constructor(schema: avro.Schema, options?: unknown) {
    super(schema, options);
    this.#scale = Number(field(schema, 'scale') ?? 0);
  }

  override _fromValue(bytes: Buffer): string {
    const unscaled = BigInt.asIntN(bytes.length * 8, BigInt(`0x${bytes.toString('hex') || '0'}`));
    const digits = String(unscaled < 0n ? -unscaled : unscaled).padStart(this.#scale + 1, '0');
    const sign = unscaled < 0n ? '-' : '';
    if (this.#scale === 0) return `${sign}${digits}`;
    return `${sign}${digits.slice(0, -this.#scale)}.${digits.slice(-this.#scale)}`;
  }

  override _toValue(): undefined {
    return undefined;
  }
}

/** A time in milliseconds as RFC 3339 text. */
class TimeText extends avro.types.LogicalType {
  override _fromValue(milliseconds: number): string {
    return new Date(milliseconds).toISOString();
  }

  override _toValue(): undefined {
    return undefined;
  }
}

const logicalTypes = { decimal: DecimalText, 'timestamp-millis': TimeText };

/** Decodes with the schemas that a registry holds, each fetched once. */
export function bodyDecoder(registryUrl: string): DecodeBody {
  const types = new Map<number, Promise<avro.Type>>();
  const typeOf = (id: number) => {
    const known = types.get(id) ?? fetchType(registryUrl, id);
    types.set(id, known);
    return known;
  };
  return async (value) => {
    if (value.length < 5 || value[0] !== 0) throw new Error('is not framed as Confluent does it');
    const decoded: unknown = (await typeOf(value.readUInt32BE(1))).fromBuffer(value.subarray(5));
    if (typeof decoded !== 'object' || decoded === null) throw new Error('is no record');
    return { ...decoded };
  };
}

async function fetchType(registryUrl: string, id: number): Promise<avro.Type> {
  const schema = field(await getJson(`${registryUrl}/schemas/ids/${id}`), 'schema');
  if (typeof schema !== 'string') throw new Error(`has schema id ${id}, which the registry does not know`);
  return avro.Type.forSchema(JSON.parse(schema) as avro.Schema, { logicalTypes, wrapUnions: false });
}
