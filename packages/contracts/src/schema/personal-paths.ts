import type { RecordNode, SchemaNode } from './schema-node.ts';

/** Paths of the fields marked `waybill.personal`, in the schema's order: `email`, `lines[].note`, `contacts{}.phone`. */
export function personalPaths(record: RecordNode): readonly string[] {
  const paths: string[] = [];
  walk(record, '', new Set());
  return paths;

  function walk(node: SchemaNode, path: string, within: ReadonlySet<SchemaNode>): void {
    switch (node.kind) {
      case 'array':
        return walk(node.items, `${path}[]`, within);
      case 'map':
        return walk(node.values, `${path}{}`, within);
      case 'union':
        return node.branches.forEach((branch) => walk(branch, path, within));
      case 'record': {
        if (within.has(node)) return;
        const inside = new Set(within).add(node);
        for (const field of node.fields) {
          const fieldPath = path === '' ? field.name : `${path}.${field.name}`;
          if (field.personal) paths.push(fieldPath);
          else walk(field.node, fieldPath, inside);
        }
        return;
      }
      default:
        return;
    }
  }
}
