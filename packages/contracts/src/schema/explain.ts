import type { EnumNode, RecordNode, SchemaNode } from './schema-node.ts';

/** What a type of the writer may become in the reader without loss (Avro 1.12, "Schema Resolution"). */
const promotions: Readonly<Record<string, readonly string[]>> = {
  int: ['long', 'float', 'double'],
  long: ['float', 'double'],
  float: ['double'],
  string: ['bytes'],
  bytes: ['string'],
};

/**
 * Why a reader cannot take what a writer wrote, field by field, in words for the one who changed the schema. It only
 * explains: avsc's own resolution decides. Aliases are not followed.
 */
export function explainIncompatibility(reader: SchemaNode, writer: SchemaNode): readonly string[] {
  const problems: string[] = [];
  const seen = new Set<SchemaNode>();
  compare(reader, writer, '');
  return problems;

  function report(path: string, problem: string): void {
    problems.push(path === '' ? problem : `${path}: ${problem}`);
  }

  function compare(to: SchemaNode, from: SchemaNode, path: string): void {
    if (to.kind === 'union' || from.kind === 'union') return compareUnions(to, from, path);
    if (to.kind === 'record' && from.kind === 'record') return compareRecords(to, from, path);
    if (to.kind === 'enum' && from.kind === 'enum') return compareEnums(to, from, path);
    if (to.kind === 'array' && from.kind === 'array') return compare(to.items, from.items, `${path}[]`);
    if (to.kind === 'map' && from.kind === 'map') return compare(to.values, from.values, `${path}{}`);
    if (!resolves(to, from)) report(path, `${describe(from)} cannot be read as ${describe(to)}`);
  }

  function compareRecords(to: RecordNode, from: RecordNode, path: string): void {
    if (seen.has(to)) return;
    seen.add(to);
    const written = new Map(from.fields.map((field) => [field.name, field]));
    for (const field of to.fields) {
      const fieldPath = path === '' ? field.name : `${path}.${field.name}`;
      const other = written.get(field.name);
      if (other !== undefined) compare(field.node, other.node, fieldPath);
      else if (!field.hasDefault)
        report(fieldPath, 'not in what was written, and without a default; give the field one');
    }
  }

  function compareEnums(to: EnumNode, from: EnumNode, path: string): void {
    const unknown = from.symbols.filter((symbol) => !to.symbols.includes(symbol));
    if (unknown.length > 0) report(path, `the symbols ${unknown.join(', ')} are written, and not known to the reader`);
  }

  function compareUnions(to: SchemaNode, from: SchemaNode, path: string): void {
    const targets = to.kind === 'union' ? to.branches : [to];
    for (const branch of from.kind === 'union' ? from.branches : [from]) {
      const target = targets.find((one) => one.kind === branch.kind) ?? targets.find((one) => resolves(one, branch));
      if (target === undefined) report(path, `${describe(branch)} is written, and ${describe(to)} has no place for it`);
      else compare(target, branch, path);
    }
  }
}

function resolves(to: SchemaNode, from: SchemaNode): boolean {
  if (to.kind === 'decimal' && from.kind === 'decimal')
    return to.scale === from.scale && from.precision <= to.precision;
  if (to.kind === 'fixed' && from.kind === 'fixed') return to.size === from.size;
  return to.kind === from.kind || (promotions[from.kind] ?? []).includes(to.kind);
}

function describe(node: SchemaNode): string {
  switch (node.kind) {
    case 'decimal':
      return `decimal(${node.precision}, ${node.scale})`;
    case 'fixed':
      return `fixed of ${node.size} bytes`;
    case 'union':
      return `union of ${node.branches.map(describe).join(' and ')}`;
    case 'record':
    case 'enum':
      return `${node.kind} ${node.name.slice(node.name.lastIndexOf('.') + 1)}`;
    default:
      return node.kind;
  }
}
