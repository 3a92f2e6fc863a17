import { InvalidSchemaError } from '../errors.ts';
import { decimalOf } from '../schema/parse-schema.ts';

type Json = Readonly<Record<string, unknown>>;

/** The marks that there are, and where they may stand. */
const marks: Readonly<Record<string, (definition: Json) => boolean>> = {
  'waybill.kind': (definition) => definition['type'] === 'record',
  'waybill.aggregate': (definition) => definition['type'] === 'record',
  'waybill.personal': (definition) => isField(definition) && definition['waybill.personal'] === true,
  // On a field it would mean nothing: it belongs to the field's type.
  'waybill.brand': (definition) =>
    definition['type'] === 'string' && !isField(definition) && typeof definition['waybill.brand'] === 'string',
};

/**
 * Refuses marks and logical types that a reader of the schema would quietly pass over: a misspelt `waybill.personal`
 * would let personal data into logs, and a decimal that is none would be bytes.
 * @throws {InvalidSchemaError} naming the field.
 */
export function checkMarks(schema: unknown, where: string): void {
  if (Array.isArray(schema)) return schema.forEach((branch) => checkMarks(branch, where));
  if (typeof schema !== 'object' || schema === null) return;
  const definition = schema as Json;
  for (const mark of Object.keys(definition).filter((key) => key.startsWith('waybill.'))) {
    if (marks[mark]?.(definition) !== true)
      throw new InvalidSchemaError(where, `${mark} may not stand here, or not with this value`);
  }
  if ('logicalType' in definition && !isSupported(definition)) {
    throw new InvalidSchemaError(
      where,
      `the logical type ${String(definition['logicalType'])} is not supported, or not like this`,
    );
  }
  for (const part of ['type', 'items', 'values']) checkMarks(definition[part], where);
  const fields = definition['fields'];
  if (!Array.isArray(fields)) return;
  for (const field of fields as readonly Json[]) checkMarks(field, `${where}: ${String(field['name'])}`);
}

function isField(definition: Json): boolean {
  return 'name' in definition && !['record', 'enum', 'fixed'].includes(String(definition['type']));
}

function isSupported(definition: Json): boolean {
  switch (definition['logicalType']) {
    case 'decimal':
      return definition['type'] === 'bytes' && decimalOf(definition) !== undefined;
    case 'timestamp-millis':
      return definition['type'] === 'long';
    case 'uuid':
      return definition['type'] === 'string';
    default:
      return false;
  }
}
