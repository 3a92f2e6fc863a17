import type { ReactElement } from 'react';
import type { JsonSchema } from '../schema/json-schema.ts';
import { resolved } from '../schema/validation.ts';
import { Icon } from '../ui/icon.tsx';
import { isMasked, mask, maskHint, memberPath } from '../words/masked.ts';
import { fieldLabel } from '../words/names.ts';

interface DataValueProps {
  readonly value: unknown;
  readonly schema: JsonSchema;
  /** Where references of the schema are looked up. */
  readonly root: JsonSchema;
  readonly path: string;
  readonly masked: readonly string[];
}

/** A value of an event by its schema: fields with their labels, lists with their numbers, masked values as a mask. */
export function DataValue({ value, schema, root, path, masked }: DataValueProps): ReactElement {
  if (path !== '' && isMasked(path, masked)) return <MaskedValue />;
  const own = branchFor(resolved(schema, root), value, root);
  if (value === null || value === undefined) return <span className="muted">nothing</span>;
  if (Array.isArray(value)) {
    if (value.length === 0) return <span className="muted">an empty list</span>;
    return (
      <ol className="data-list">
        {value.map((item: unknown, index) => (
          // The place in the list is what an element is known by.
          <li key={index}>
            <DataValue
              value={item}
              schema={own.items ?? {}}
              root={root}
              path={memberPath(path, index)}
              masked={masked}
            />
          </li>
        ))}
      </ol>
    );
  }
  if (typeof value === 'object') {
    return (
      <dl className="data-fields">
        {Object.entries(value).map(([name, member]: [string, unknown]) => {
          const field = fieldOf(own, name);
          return (
            <div key={name}>
              <dt title={field.description}>{field.title ?? fieldLabel(name)}</dt>
              <dd>
                <DataValue value={member} schema={field} root={root} path={memberPath(path, name)} masked={masked} />
              </dd>
            </div>
          );
        })}
      </dl>
    );
  }
  if (typeof value === 'string') return value === '' ? <span className="muted">an empty text</span> : <>{value}</>;
  return <>{JSON.stringify(value)}</>;
}

/** A value that may not be seen; there is nothing under it to copy. */
export function MaskedValue(): ReactElement {
  return (
    <span className="masked" title={maskHint}>
      <span aria-hidden="true">{mask}</span>
      <Icon name="lock" />
      <span className="visually-hidden">masked. {maskHint}</span>
    </span>
  );
}

function fieldOf(schema: JsonSchema, name: string): JsonSchema {
  const known = schema.properties?.[name];
  if (known !== undefined) return known;
  return typeof schema.additionalProperties === 'object' ? schema.additionalProperties : {};
}

/** Of a choice the branch that knows the value's fields, so that their labels can be told. */
function branchFor(schema: JsonSchema, value: unknown, root: JsonSchema): JsonSchema {
  if (schema.anyOf === undefined || typeof value !== 'object' || value === null) return schema;
  const branches = schema.anyOf.map((branch) => resolved(branch, root));
  const isList = Array.isArray(value);
  return (
    branches.find((branch) =>
      isList
        ? branch.type === 'array'
        : Object.keys(value).every((name) => fieldOf(branch, name) !== undefined && branch.type === 'object'),
    ) ?? schema
  );
}
