import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ContractKind } from '../contract.ts';
import { type ContractName, contractName } from '../contract-name.ts';
import { avroCodec } from '../codec/codec.ts';
import { InvalidSchemaError } from '../errors.ts';
import { parseSchema } from '../schema/parse-schema.ts';
import { personalPaths } from '../schema/personal-paths.ts';
import type { RecordNode } from '../schema/schema-node.ts';
import { checkMarks } from './check-marks.ts';
import { type ContextFile, readContextFile } from './context-file.ts';

/** One schema file, and all that the generator makes of it. */
export interface SchemaFile {
  /** Its path below the schemas folder: `orders/OrderPlaced.v2.avsc`. */
  readonly file: string;
  readonly name: string;
  readonly parts: ContractName;
  readonly kind: ContractKind;
  readonly aggregateType: string;
  readonly topic: string;
  /** JSON without insignificant white space, as it is registered. */
  readonly schema: string;
  readonly node: RecordNode;
  readonly personal: readonly string[];
}

/** A context's folder: its context.yaml and its schema files, by name and major. */
export interface SchemaContext {
  readonly context: ContextFile;
  readonly schemas: readonly SchemaFile[];
}

/**
 * Reads all contexts of a schemas folder, in the order of their names. A context is a folder with a `context.yaml`.
 * @throws {InvalidSchemaError} when a file is wrong; it names the file.
 */
export function readSchemas(schemasDir: string): readonly SchemaContext[] {
  return readdirSync(schemasDir, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && readdirSync(join(schemasDir, entry.name)).includes('context.yaml'))
    .map((entry) => entry.name)
    .sort()
    .map((folder) => readContext(schemasDir, folder));
}

function readContext(schemasDir: string, folder: string): SchemaContext {
  const context = readContextFile(
    readFileSync(join(schemasDir, folder, 'context.yaml'), 'utf8'),
    `${folder}/context.yaml`,
  );
  if (context.context !== folder) {
    throw new InvalidSchemaError(
      `${folder}/context.yaml`,
      `the context is named ${context.context}, its folder ${folder}`,
    );
  }
  const schemas = readdirSync(join(schemasDir, folder))
    .filter((file) => file.endsWith('.avsc'))
    .map((file) => readSchemaFile(context, `${folder}/${file}`, readFileSync(join(schemasDir, folder, file), 'utf8')))
    .sort((a, b) => compare(a.parts.shortName, b.parts.shortName) || a.parts.major - b.parts.major);
  return { context, schemas };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function readSchemaFile(context: ContextFile, file: string, text: string): SchemaFile {
  const node = at(file, () => parseSchema(text));
  if (node.kind !== 'record') throw new InvalidSchemaError(file, 'a contract is a record');
  const parts = at(file, () => contractName(node.name));
  const expected = `${parts.context}/${parts.shortName}.v${parts.major}.avsc`;
  if (file !== expected) throw new InvalidSchemaError(file, `a schema named ${node.name} belongs in ${expected}`);
  const json = JSON.parse(text) as Readonly<Record<string, unknown>>;
  checkMarks(json, file);
  const kind = json['waybill.kind'];
  if (kind !== 'event' && kind !== 'snapshot') {
    throw new InvalidSchemaError(file, '"waybill.kind" must be "event" or "snapshot"');
  }
  const aggregateType = json['waybill.aggregate'];
  const carries = kind === 'event' ? 'events' : 'snapshots';
  const topic = context.topics.find((one) => one.aggregateType === aggregateType && one.carries === carries);
  if (typeof aggregateType !== 'string' || topic === undefined) {
    throw new InvalidSchemaError(
      file,
      `"waybill.aggregate" must be an aggregate of which context.yaml has a topic that carries ${carries}`,
    );
  }
  const schema = JSON.stringify(json);
  // Built once here, so that a schema that the codec cannot use is found now and not when a service starts.
  at(file, () => avroCodec({ name: node.name, schema }));
  return {
    file,
    name: node.name,
    parts,
    kind,
    aggregateType,
    topic: topic.name,
    schema,
    node,
    personal: personalPaths(node),
  };
}

function at<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof InvalidSchemaError) throw new InvalidSchemaError(file, error.problem);
    throw error;
  }
}
