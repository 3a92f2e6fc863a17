import { parse } from 'yaml';
import { InvalidSchemaError } from '../errors.ts';
import type { TopicSpec } from '../topic.ts';

/** What a context's `context.yaml` says. */
export interface ContextFile {
  readonly context: string;
  readonly owner: string;
  readonly contact: string;
  /** Milliseconds, 99th percentile. */
  readonly timeToVisibilityMs: number;
  readonly topics: readonly TopicSpec[];
  /** Full contract name to the paths of its personal fields: a summary, which the schemas' own marks decide. */
  readonly personalData: Readonly<Record<string, readonly string[]>>;
}

const dayMs = 86_400_000;

/** Reads a `context.yaml`. @throws {InvalidSchemaError} when it lacks something or says something unknown. */
export function readContextFile(text: string, file: string): ContextFile {
  let yaml: unknown;
  try {
    yaml = parse(text);
  } catch (error) {
    throw new InvalidSchemaError(file, `not YAML: ${error instanceof Error ? error.message : ''}`);
  }
  const root = new Section(yaml, file, '');
  const objectives = root.section('objectives');
  const context: ContextFile = {
    context: root.text('context'),
    owner: root.text('owner'),
    contact: root.text('contact'),
    timeToVisibilityMs: objectives.count('timeToVisibilityMs'),
    topics: root.list('topics').map(readTopic),
    personalData: readPersonalData(root.section('personalData')),
  };
  objectives.end();
  root.end();
  return context;
}

function readTopic(topic: Section): TopicSpec {
  const cleanupPolicy = topic.choice('cleanupPolicy', ['delete', 'compact']);
  const carries = topic.choice('carries', ['events', 'snapshots']);
  const spec: TopicSpec = {
    name: topic.text('name'),
    aggregateType: topic.text('aggregate'),
    carries,
    partitions: topic.count('partitions'),
    cleanupPolicy,
    retentionMs: cleanupPolicy === 'delete' ? topic.count('retentionDays') * dayMs : undefined,
  };
  const expected = carries === 'events' ? spec.aggregateType : `${spec.aggregateType}.snapshot`;
  if (spec.name !== expected)
    topic.fail('name', `the topic of ${spec.aggregateType} that carries ${carries} is named ${expected}`);
  if ((carries === 'snapshots') !== (cleanupPolicy === 'compact')) {
    topic.fail('cleanupPolicy', 'snapshots are compacted, events are deleted by age');
  }
  topic.end();
  return spec;
}

function readPersonalData(section: Section): Readonly<Record<string, readonly string[]>> {
  return Object.fromEntries(section.keys().map((name) => [name, section.texts(name)]));
}

/** A mapping of the file, read key by key; `end` refuses what nobody read. */
class Section {
  readonly #values: Map<string, unknown>;
  readonly #file: string;
  readonly #path: string;

  constructor(value: unknown, file: string, path: string) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new InvalidSchemaError(file, `${path === '' ? 'the file' : path}: expected a mapping`);
    }
    this.#values = new Map(Object.entries(value));
    this.#file = file;
    this.#path = path;
  }

  text(key: string): string {
    const value = this.#take(key);
    return typeof value === 'string' && value !== '' ? value : this.fail(key, 'expected a text');
  }

  count(key: string): number {
    const value = this.#take(key);
    return Number.isSafeInteger(value) && Number(value) > 0
      ? Number(value)
      : this.fail(key, 'expected a whole number above 0');
  }

  choice<T extends string>(key: string, choices: readonly T[]): T {
    const value = this.#take(key);
    return choices.find((one) => one === value) ?? this.fail(key, `expected one of ${choices.join(', ')}`);
  }

  section(key: string): Section {
    return new Section(this.#take(key), this.#file, this.#at(key));
  }

  list(key: string): readonly Section[] {
    const value = this.#take(key);
    if (!Array.isArray(value)) return this.fail(key, 'expected a list');
    return value.map((item: unknown, i) => new Section(item, this.#file, `${this.#at(key)}[${i}]`));
  }

  texts(key: string): readonly string[] {
    const value = this.#take(key);
    if (!Array.isArray(value)) return this.fail(key, 'expected a list of texts');
    return value.map((item: unknown) => (typeof item === 'string' ? item : this.fail(key, 'expected a list of texts')));
  }

  keys(): readonly string[] {
    return [...this.#values.keys()];
  }

  end(): void {
    const [unknown] = this.keys();
    if (unknown !== undefined) this.fail(unknown, 'not known here');
  }

  fail(key: string, problem: string): never {
    throw new InvalidSchemaError(this.#file, `${this.#at(key)}: ${problem}`);
  }

  #take(key: string): unknown {
    const value = this.#values.get(key);
    this.#values.delete(key);
    return value;
  }

  #at(key: string): string {
    return this.#path === '' ? key : `${this.#path}.${key}`;
  }
}
