import { avroType } from './codec/avro-types.ts';
import { explainIncompatibility } from './schema/explain.ts';
import { parseSchema } from './schema/parse-schema.ts';

/** Why two versions of a schema cannot both be in use. */
export interface CompatibilityProblem {
  /** The index in `previous` of the version that the next one does not go with. */
  readonly previous: number;
  /** `backward`: a reader of the next version cannot read what the previous wrote; `forward`: the other way round. */
  readonly direction: 'backward' | 'forward';
  /** The field and what is wrong with it: `lines[].quantity: int became long`. */
  readonly message: string;
}

/**
 * Whether `next` may follow all of `previous` (Avro JSON texts) under FULL_TRANSITIVE: every version reads every
 * other, because events of any age are replayed, and consumers are deployed at any time. Empty when it may.
 * @throws {InvalidSchemaError} when one of them is no Avro schema.
 */
export function checkCompatibility(previous: readonly string[], next: string): readonly CompatibilityProblem[] {
  return previous.flatMap((older, index) => [
    ...problems(next, older).map((message) => ({ previous: index, direction: 'backward' as const, message })),
    ...problems(older, next).map((message) => ({ previous: index, direction: 'forward' as const, message })),
  ]);
}

function problems(reader: string, writer: string): readonly string[] {
  const readerNode = parseSchema(reader);
  const writerNode = parseSchema(writer);
  if ('name' in readerNode && 'name' in writerNode && readerNode.name !== writerNode.name) {
    return [`${writerNode.name} and ${readerNode.name} are not versions of one contract`];
  }
  const readerType = avroType(reader);
  const writerType = avroType(writer);
  try {
    readerType.createResolver(writerType);
    return [];
  } catch (error) {
    const reasons = explainIncompatibility(readerNode, writerNode);
    return reasons.length > 0
      ? reasons
      : [error instanceof Error ? error.message.slice(0, 500) : 'they do not resolve'];
  }
}
