import type { DecimalNode, EnumNode, FixedNode, RecordNode, SchemaNode, UnionNode } from '../schema/schema-node.ts';
import { isTimestamp, timestampRange, uuidPattern } from './avro-types.ts';
import { decimalProblem } from './decimal.ts';
import type { CodecLimits } from './limits.ts';

/** What is wrong with a value, and where. The path grows from the inside out while the checks return. */
export class Misfit {
  path: string;
  readonly problem: string;

  constructor(problem: string, path = '') {
    this.problem = problem;
    this.path = path;
  }

  /** Puts a step before the path: a field's name, or `[2]`. */
  within(step: string): this {
    this.path = this.path === '' || this.path.startsWith('[') ? step + this.path : `${step}.${this.path}`;
    return this;
  }
}

interface CheckState {
  depth: number;
  /** Items of arrays and maps seen so far. */
  items: number;
}

type Check = (value: unknown, state: CheckState) => Misfit | undefined;

/**
 * Compiles a schema into the check that data passes before it is encoded: every declared field is there and of its
 * type, and there is no other. It says where data does not fit, never what it holds. `items` are the items of all
 * arrays and maps together.
 */
export function compileCheck(
  node: SchemaNode,
  limits: CodecLimits,
): (value: unknown) => { misfit: Misfit | undefined; items: number } {
  const check = new CheckCompiler(limits.maxDepth).compile(node);
  return (value) => {
    const state: CheckState = { depth: 0, items: 0 };
    return { misfit: check(value, state), items: state.items };
  };
}

class CheckCompiler {
  readonly #maxDepth: number;
  readonly #records = new Map<RecordNode, Check>();

  constructor(maxDepth: number) {
    this.#maxDepth = maxDepth;
  }

  compile(node: SchemaNode): Check {
    switch (node.kind) {
      case 'decimal':
        return decimalCheck(node);
      case 'enum':
        return enumCheck(node);
      case 'fixed':
        return fixedCheck(node);
      case 'array':
        return this.#array(this.compile(node.items));
      case 'map':
        return this.#map(this.compile(node.values));
      case 'union':
        return this.#union(node);
      case 'record':
        return this.#record(node);
      default:
        return leafChecks[node.kind];
    }
  }

  #record(node: RecordNode): Check {
    const known = this.#records.get(node);
    if (known !== undefined) return known;
    const maxDepth = this.#maxDepth;
    const names = node.fields.map((field) => field.name);
    const checks: Check[] = [];
    const declared = new Set(names);
    const check: Check = (value, state) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('record', value);
      if (++state.depth > maxDepth) return tooDeep(maxDepth);
      const data = value as Record<string, unknown>;
      for (let i = 0; i < names.length; i++) {
        const name = names[i] ?? '';
        const field = data[name];
        if (field === undefined) return new Misfit('missing', name);
        const misfit = checks[i]?.(field, state);
        if (misfit !== undefined) return misfit.within(name);
      }
      for (const name in data) {
        if (!declared.has(name)) return new Misfit('not declared in the schema', name.slice(0, 64));
      }
      state.depth--;
      return undefined;
    };
    // Remembered before its fields are compiled, since they may refer to it.
    this.#records.set(node, check);
    for (const field of node.fields) checks.push(this.compile(field.node));
    return check;
  }

  #array(item: Check): Check {
    const maxDepth = this.#maxDepth;
    return (value, state) => {
      if (!Array.isArray(value)) return wrong('array', value);
      if (++state.depth > maxDepth) return tooDeep(maxDepth);
      state.items += value.length;
      for (let i = 0; i < value.length; i++) {
        const element: unknown = value[i];
        const misfit = element === undefined ? new Misfit('missing') : item(element, state);
        if (misfit !== undefined) return misfit.within(`[${i}]`);
      }
      state.depth--;
      return undefined;
    };
  }

  #map(check: Check): Check {
    const maxDepth = this.#maxDepth;
    return (value, state) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return wrong('map', value);
      if (++state.depth > maxDepth) return tooDeep(maxDepth);
      // A map's keys are data, so a path names only that it went into one.
      for (const [key, entry] of Object.entries(value) as [string, unknown][]) {
        state.items++;
        if (key === '__proto__') return new Misfit('a key of a map must not be __proto__', '[key]');
        if (!key.isWellFormed()) return new Misfit('expected a key of well-formed Unicode', '[key]');
        const misfit = entry === undefined ? new Misfit('missing') : check(entry, state);
        if (misfit !== undefined) return misfit.within('[key]');
      }
      state.depth--;
      return undefined;
    };
  }

  #union(node: UnionNode): Check {
    const others = node.branches.filter((branch) => branch.kind !== 'null');
    const nullable = others.length < node.branches.length;
    const checks = others.map((branch) => this.compile(branch));
    const [only] = checks;
    if (checks.length === 1 && only !== undefined) {
      if (!nullable) return only;
      return (value, state) => {
        if (value === null) return undefined;
        const misfit = only(value, state);
        // The type alone would read as if null were not allowed.
        return misfit?.path === '' ? new Misfit(misfit.problem.replace(/^expected /, 'expected null or ')) : misfit;
      };
    }
    return (value, state) => {
      if (nullable && value === null) return undefined;
      const { depth, items } = state;
      for (const check of checks) {
        if (check(value, state) === undefined) return undefined;
        state.depth = depth;
        state.items = items;
      }
      return wrong('a type of the union', value);
    };
  }
}

const leafChecks: Readonly<Record<Exclude<SchemaNode['kind'], Compound>, Check>> = {
  null: (value) => (value === null ? undefined : wrong('null', value)),
  boolean: (value) => (typeof value === 'boolean' ? undefined : wrong('boolean', value)),
  int: (value) => {
    if (typeof value !== 'number') return wrong('int', value);
    return (value | 0) === value ? undefined : new Misfit('expected int, got a number that is no 32-bit integer');
  },
  long: (value) => {
    if (typeof value !== 'bigint') return wrong('long as bigint', value);
    return BigInt.asIntN(64, value) === value ? undefined : new Misfit('expected long, got a bigint beyond 64 bits');
  },
  float: (value) => (typeof value === 'number' ? undefined : wrong('float', value)),
  double: (value) => (typeof value === 'number' ? undefined : wrong('double', value)),
  bytes: (value) => (value instanceof Uint8Array ? undefined : wrong('bytes', value)),
  string: (value) => {
    if (typeof value !== 'string') return wrong('string', value);
    return value.isWellFormed() ? undefined : new Misfit('expected well-formed Unicode, got a lone surrogate');
  },
  timestamp: (value) => {
    if (!(value instanceof Date)) return wrong('Date', value);
    if (isTimestamp(value.getTime())) return undefined;
    return new Misfit(`expected Date, got ${Number.isNaN(value.getTime()) ? 'an invalid one' : timestampRange}`);
  },
  uuid: (value) => {
    if (typeof value !== 'string') return wrong('uuid', value);
    return uuidPattern.test(value) ? undefined : new Misfit('expected uuid, got another text');
  },
};

type Compound = 'decimal' | 'enum' | 'fixed' | 'array' | 'map' | 'union' | 'record';

function decimalCheck(node: DecimalNode): Check {
  return (value) => {
    const problem = decimalProblem(value, node);
    return problem === undefined ? undefined : new Misfit(problem);
  };
}

function enumCheck(node: EnumNode): Check {
  const symbols = new Set<unknown>(node.symbols);
  const shortName = node.name.slice(node.name.lastIndexOf('.') + 1);
  return (value) => {
    if (symbols.has(value)) return undefined;
    if (typeof value === 'string') return new Misfit(`expected a symbol of ${shortName}, got another text`);
    return wrong(`enum ${shortName}`, value);
  };
}

function fixedCheck(node: FixedNode): Check {
  return (value) => {
    if (!(value instanceof Uint8Array)) return wrong('bytes', value);
    return value.length === node.size ? undefined : new Misfit(`expected ${node.size} bytes, got ${value.length}`);
  };
}

function tooDeep(maxDepth: number): Misfit {
  return new Misfit(`nested deeper than ${maxDepth} levels`);
}

function wrong(expected: string, value: unknown): Misfit {
  return new Misfit(`expected ${expected}, got ${typeNameOf(value)}`);
}

function typeNameOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (value instanceof Date) return 'Date';
  if (value instanceof Uint8Array) return 'bytes';
  return typeof value;
}
