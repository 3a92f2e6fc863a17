import { InvalidSchemaError } from '../errors.ts';
import type { EnumNode, RecordNode } from '../schema/schema-node.ts';
import type { SchemaContext, SchemaFile } from './read-schemas.ts';
import { brandConstructor, constantName, dataName, nestedName, partsOf, typeOf } from './type-names.ts';

const header = [
  '// Generated from the schemas beside this folder by `./waybill contracts generate`.',
  '// Do not edit: change a schema and generate again.',
].join('\n');

/** The generated files, by name: one for each context, one for the brands, and the index. The same input gives the same text. */
export function emit(contexts: readonly SchemaContext[]): ReadonlyMap<string, string> {
  const names = new NameTable();
  const files = new Map<string, string>();
  const brands = new Set<string>();
  for (const context of contexts) {
    files.set(`${context.context.context}.ts`, emitContext(context, names, brands));
  }
  files.set('brands.ts', emitBrands([...brands].sort(), names));
  files.set('index.ts', emitIndex(contexts));
  return files;
}

/** All exported names, since the index exports every file, and a name given twice would silently vanish from it. */
class NameTable {
  readonly #owners = new Map<string, string>();

  claim(name: string, owner: string): void {
    const other = this.#owners.get(name);
    if (other !== undefined)
      throw new InvalidSchemaError(owner, `its name in TypeScript, ${name}, is taken by ${other}`);
    this.#owners.set(name, owner);
  }
}

function emitContext({ context, schemas }: SchemaContext, names: NameTable, allBrands: Set<string>): string {
  const nested = new Map<string, { text: string; owner: string }>();
  const brands = new Set<string>();
  let usesDecimal = false;
  const contracts: string[] = [];
  for (const schema of schemas) {
    const parts = partsOf(schema.node);
    usesDecimal ||= parts.usesDecimal;
    for (const brand of parts.brands) {
      if (!/^[A-Z][A-Za-z0-9]*$/.test(brand))
        throw new InvalidSchemaError(schema.file, `${brand} is no name for a brand`);
      brands.add(brand);
      allBrands.add(brand);
    }
    for (const node of [...parts.enums.values(), ...parts.records.values()]) {
      const text = node.kind === 'enum' ? emitEnum(node) : emitRecord(node, nestedName(node), schema);
      const known = nested.get(node.name);
      if (known !== undefined && known.text !== text) {
        throw new InvalidSchemaError(schema.file, `${node.name} is not the same as in ${known.owner}`);
      }
      if (known === undefined) {
        names.claim(nestedName(node), `${schema.file} (${node.name})`);
        nested.set(node.name, { text, owner: schema.file });
      }
    }
    names.claim(constantName(schema), schema.file);
    names.claim(dataName(schema), schema.file);
    contracts.push(emitRecord(schema.node, dataName(schema), schema), emitConstant(schema));
  }
  const imports = [`import { ${usesDecimal ? 'type Decimal, ' : ''}defineContract } from '@waybill/contracts';`];
  if (brands.size > 0) imports.push(`import type { ${[...brands].sort().join(', ')} } from './brands.ts';`);
  const shared = [...nested.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, { text }]) => text);
  return `${header}\n// Context ${context.context}, owned by ${context.owner}.\n${imports.join('\n')}\n\n${[...shared, ...contracts].join('\n\n')}\n`;
}

function emitRecord(node: RecordNode, name: string, schema: SchemaFile): string {
  const fields = node.fields.map((field) => {
    const doc = [field.doc, field.personal ? 'Personal data.' : undefined]
      .filter((text) => text !== undefined)
      .join(' ');
    try {
      return `${comment(doc, '  ')}  readonly ${field.name}: ${typeOf(field.node)};`;
    } catch (error) {
      if (error instanceof InvalidSchemaError)
        throw new InvalidSchemaError(`${schema.file}: ${field.name}`, error.problem);
      throw error;
    }
  });
  return `${comment(node.doc)}export interface ${name} {\n${fields.join('\n')}\n}`;
}

function emitEnum(node: EnumNode): string {
  return `${comment(node.doc)}export type ${nestedName(node)} = ${node.symbols.map(quoted).join(' | ')};`;
}

function emitConstant(schema: SchemaFile): string {
  return `${comment(schema.node.doc)}export const ${constantName(schema)} = defineContract<${dataName(schema)}, ${quoted(schema.name)}>({
  name: ${quoted(schema.name)},
  kind: ${quoted(schema.kind)},
  aggregateType: ${quoted(schema.aggregateType)},
  topic: ${quoted(schema.topic)},
  personal: [${schema.personal.map(quoted).join(', ')}],
  schema:
    ${quoted(schema.schema)},
});`;
}

function emitBrands(brands: readonly string[], names: NameTable): string {
  const lines = brands.map((name) => {
    const make = brandConstructor(name);
    names.claim(name, `the brand ${name}`);
    names.claim(make, `the brand ${name}`);
    return `export type ${name} = Brand<${quoted(name)}>;\n/** @throws {InvalidIdError} unless the text has 1 to 255 printable characters. */\nexport const ${make}: (text: string) => ${name} = brand(${quoted(name)});`;
  });
  return `${header}\nimport { type Brand, brand } from '@waybill/contracts';\n\n${lines.join('\n\n')}\n`;
}

function emitIndex(contexts: readonly SchemaContext[]): string {
  const filled = contexts.filter(({ schemas }) => schemas.length > 0);
  const imports = filled.map(
    ({ context, schemas }) =>
      `import {\n${schemas.map((one) => `  ${constantName(one)},`).join('\n')}\n} from './${context.context}.ts';`,
  );
  const topics = contexts.flatMap(({ context }) => context.topics).map((topic) => `  ${literal(topic)},`);
  const infos = contexts.map(
    ({ context: { context, owner, contact, timeToVisibilityMs } }) =>
      `  ${literal({ name: context, owner, contact, timeToVisibilityMs })},`,
  );
  return `${header}
import type { AnyContract, ContextInfo, TopicSpec } from '@waybill/contracts';
${imports.join('\n')}

export * from './brands.ts';
${filled.map(({ context }) => `export * from './${context.context}.ts';`).join('\n')}

/** Every contract of every context. */
export const allContracts: readonly AnyContract[] = [
${filled.flatMap(({ schemas }) => schemas.map((one) => `  ${constantName(one)},`)).join('\n')}
];

/** Every topic, as its context wants it set up. */
export const topics: readonly TopicSpec[] = [
${topics.join('\n')}
];

/** Every context with its owner and its objective. */
export const contexts: readonly ContextInfo[] = [
${infos.join('\n')}
];
`;
}

function comment(doc: string | undefined, indent = ''): string {
  // A comment's end inside a doc would end the comment, and a line break would leave it.
  return doc === undefined || doc === ''
    ? ''
    : `${indent}/** ${doc.replaceAll('*/', '* /').replaceAll(/\s+/g, ' ')} */\n`;
}

/** A string literal in single quotes; JSON's escapes are TypeScript's too. */
function quoted(text: string): string {
  const json = JSON.stringify(text).slice(1, -1);
  return `'${json.replaceAll('\\"', '"').replaceAll("'", "\\'").replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`;
}

function literal(value: object): string {
  const entries = Object.entries(value).map(
    ([key, one]: [string, unknown]) => `${key}: ${typeof one === 'string' ? quoted(one) : String(one)}`,
  );
  return `{ ${entries.join(', ')} }`;
}
