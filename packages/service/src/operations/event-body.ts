import {
  type AnyContract,
  avroCodec,
  dataFromJson,
  dataToJson,
  frame,
  type Json,
  maskPersonal,
  personalPathsOf,
  unframe,
  unmaskPersonal,
} from '@waybill/contracts';
import type { SchemaRegistry } from '@waybill/messaging';
import { problem } from '../http/problem.ts';

/** A record's value as people see it. */
export type ShownBody =
  | {
      readonly kind: 'readable';
      readonly data: Json;
      readonly schema: string;
      /** Paths whose values are masked. */
      readonly masked: readonly string[];
    }
  | { readonly kind: 'unreadable'; readonly why: string };

/** Reads record values by the schema that they were written with, for people. */
export class EventBodies {
  readonly #registry: SchemaRegistry;
  readonly #contracts: () => readonly AnyContract[];

  constructor(registry: SchemaRegistry, contracts: () => readonly AnyContract[]) {
    this.#registry = registry;
    this.#contracts = contracts;
  }

  /** Never throws for what the value holds. Personal values are masked unless `sight` is `unmasked`. */
  async show(value: Uint8Array | null, type: string, sight: 'masked' | 'unmasked'): Promise<ShownBody> {
    if (value === null) return { kind: 'unreadable', why: 'The record has no value.' };
    try {
      const { data, schema } = await this.#read(value, type);
      const paths = this.#personal(schema, type);
      return {
        kind: 'readable',
        schema,
        data: sight === 'masked' ? maskPersonal(data, paths) : data,
        masked: sight === 'masked' ? paths : [],
      };
    } catch (error) {
      return { kind: 'unreadable', why: error instanceof Error ? error.message : 'It cannot be read.' };
    }
  }

  /**
   * The value with other data, by the schema that it was written with; values that were masked stay as they were.
   * @throws {ProblemError} 422 that names the field when the data is not the schema's, or the value cannot be read.
   */
  async edit(value: Uint8Array | null, type: string, edited: Json): Promise<Uint8Array> {
    if (value === null) throw notEditable('The record has no value.');
    const original = await this.#read(value, type).catch((error: unknown) => {
      throw notEditable(error instanceof Error ? error.message : 'It cannot be read.');
    });
    const data = unmaskPersonal(edited, original.data, this.#personal(original.schema, type));
    try {
      const codec = avroCodec<unknown>({ name: type, schema: original.schema });
      return frame(original.schemaId, codec.encode(dataFromJson({ schema: original.schema }, data)));
    } catch (error) {
      throw problem(422, {
        code: 'ops.invalid-data',
        detail: `The data is not as ${type} describes it. Mend the field and send it again.`,
        errors: [{ path: pathOf(error), message: error instanceof Error ? error.message : 'is not valid' }],
        cause: error,
      });
    }
  }

  async #read(value: Uint8Array, type: string) {
    const { schemaId, body } = unframe(value);
    const schema = await this.#registry.schemaOf(schemaId);
    const decoded = avroCodec<unknown>({ name: type, schema }).decode(body);
    return { schemaId, schema, data: dataToJson({ schema }, decoded) };
  }

  /** By the writer's schema and by the contract that the consumer knows: what either marks is personal. */
  #personal(schema: string, type: string): readonly string[] {
    const known = this.#contracts().find(({ name }) => name === type);
    return [...new Set([...personalPathsOf(schema), ...(known?.personal ?? [])])];
  }
}

function pathOf(error: unknown): string {
  return error instanceof Error && 'path' in error && typeof error.path === 'string' ? `data.${error.path}` : 'data';
}

function notEditable(why: string) {
  return problem(422, {
    code: 'ops.not-editable',
    detail: `The event cannot be read, so it cannot be edited: ${why} Redrive it once that is mended, or skip it.`,
  });
}
