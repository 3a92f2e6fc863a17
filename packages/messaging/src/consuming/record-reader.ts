import {
  type AnyContract,
  type Envelope,
  type Event,
  dataSchemaFingerprint,
  envelopeFromHeaders,
  schemaFingerprint,
  unframe,
} from '@waybill/contracts';
import type { Clock } from '../clock.ts';
import { WaybillError } from '../errors.ts';
import type { SchemaRegistry } from '../log.ts';
import type { ConsumerDefinition, HandlerEntry, SnapshotEntry } from './consumer.ts';
import type { StoredRecord } from './inbox-store.ts';

/**
 * A record, read as far as this consumer needs it.
 * - `event`: it has a handler. `snapshot`: the same for a snapshot.
 * - `unhandled`: an event type without a handler; it advances its entity's version, undecoded.
 * - `other-rendition`: the same fact in a major that this consumer leaves to another rendition.
 * - `unreadable`: not Avro, unknown schema, hostile, or without a proper envelope.
 */
export type Incoming =
  | { readonly kind: 'event'; readonly envelope: Envelope; readonly event: Event<never>; readonly entry: HandlerEntry }
  | {
      readonly kind: 'snapshot';
      readonly envelope: Envelope;
      readonly event: Event<never>;
      readonly entry: SnapshotEntry;
    }
  | { readonly kind: 'unhandled'; readonly envelope: Envelope }
  | { readonly kind: 'other-rendition'; readonly envelope: Envelope }
  | { readonly kind: 'unreadable'; readonly envelope: Envelope | undefined; readonly problem: Error };

export interface RecordReader {
  /**
   * Fetches the writer schemas that these records need and are not known yet. Throws when the registry cannot be
   * reached; an id that it does not know is no failure here, it makes the record unreadable.
   */
  prepare(records: readonly StoredRecord[]): Promise<void>;
  /** Whether {@link read} can read a record without the registry. */
  isPrepared(record: StoredRecord): boolean;
  /** Reads a prepared record. Never throws for what the record holds. */
  read(record: StoredRecord): Incoming;
}

/** The record itself is at fault: its bytes, its schema, or its major. */
export class UnreadableRecordError extends WaybillError {}

interface Target {
  readonly decodeAs: AnyContract;
  readonly upcast: ((data: never) => unknown) | undefined;
  readonly entry:
    | { readonly kind: 'event'; readonly value: HandlerEntry }
    | { readonly kind: 'snapshot'; readonly value: SnapshotEntry };
}

type KnownSchema =
  | {
      readonly schema: string;
      readonly sha256: string;
      /** The `ce_dataschema` that was last found to be this schema's: the next event's is mostly the same. */
      dataSchema: string | undefined;
    }
  | {
      readonly unknown: Error;
      /** By the clock's `monotonic`; from then on the registry is asked again, since it may have been mended. */
      readonly until: number;
    };

const KNOWN_SCHEMAS_LIMIT = 10_000;
/** For how long a schema that the registry did not know is not asked for again: strangers may write many such records. */
const UNKNOWN_FOR_MS = 1_000;

export function recordReader(
  definition: ConsumerDefinition,
  registry: SchemaRegistry,
  clock: Pick<Clock, 'monotonic'>,
): RecordReader {
  const targets = targetsOf(definition);
  const majors = handledMajors(targets);
  const schemas = new Map<number, KnownSchema>();

  const isKnown = (id: number): boolean => {
    const schema = schemas.get(id);
    return schema !== undefined && !('unknown' in schema && schema.until <= clock.monotonic());
  };

  const targetOf = (envelope: Envelope, record: StoredRecord): Target | 'unhandled' | 'other-rendition' => {
    const only = targets.get(envelope.type);
    if (only !== undefined && !('ce_renditions' in record.headers)) return only;
    const { event, major } = splitType(envelope.type);
    const known = majors.get(event);
    if (known === undefined) return 'unhandled';
    const renditions = renditionsOf(record) ?? [major];
    const best = Math.max(...renditions.filter((candidate) => known.has(candidate)));
    if (best !== major && Number.isFinite(best)) return 'other-rendition';
    const target = targets.get(envelope.type);
    if (target !== undefined) return target;
    throw new UnreadableRecordError(
      'record.unknown-major',
      `${envelope.type} is a major that this consumer has no handler or upcaster for. Add one and redrive the event.`,
    );
  };

  return {
    async prepare(records) {
      const missing = new Set<number>();
      for (const record of records) {
        const id = schemaIdOf(record);
        if (id !== undefined && !isKnown(id) && targets.has(record.headers['ce_type'] ?? '')) missing.add(id);
      }
      for (const id of missing) {
        if (schemas.size >= KNOWN_SCHEMAS_LIMIT) schemas.clear();
        schemas.set(id, await fetchSchema(registry, id, clock));
      }
    },
    isPrepared(record) {
      const id = schemaIdOf(record);
      return id === undefined || schemas.has(id) || !targets.has(record.headers['ce_type'] ?? '');
    },
    read(record) {
      let envelope: Envelope;
      try {
        envelope = envelopeFromHeaders(record.headers, record.key);
      } catch (error) {
        return { kind: 'unreadable', envelope: undefined, problem: asError(error) };
      }
      try {
        const target = targetOf(envelope, record);
        if (target === 'unhandled') return { kind: 'unhandled', envelope };
        if (target === 'other-rendition') return { kind: 'other-rendition', envelope };
        const data = decode(record, envelope, target, schemas);
        // The contract of the entry is the one that the data was decoded with, so handler and data agree.
        const event = { ...envelope, data } as Event<never>;
        return target.entry.kind === 'event'
          ? { kind: 'event', envelope, event, entry: target.entry.value }
          : { kind: 'snapshot', envelope, event, entry: target.entry.value };
      } catch (error) {
        return { kind: 'unreadable', envelope, problem: asError(error) };
      }
    },
  };
}

function targetsOf(definition: ConsumerDefinition): ReadonlyMap<string, Target> {
  const targets = new Map<string, Target>();
  for (const entry of definition.handlers) {
    targets.set(entry.contract.name, {
      decodeAs: entry.contract,
      upcast: undefined,
      entry: { kind: 'event', value: entry },
    });
  }
  for (const entry of definition.snapshots) {
    targets.set(entry.contract.name, {
      decodeAs: entry.contract,
      upcast: undefined,
      entry: { kind: 'snapshot', value: entry },
    });
  }
  for (const { from, to, upcast } of definition.upcasters) {
    const goal = targets.get(to.name);
    if (goal !== undefined && !targets.has(from.name))
      targets.set(from.name, { decodeAs: from, upcast, entry: goal.entry });
  }
  return targets;
}

function handledMajors(targets: ReadonlyMap<string, Target>): ReadonlyMap<string, ReadonlySet<number>> {
  const majors = new Map<string, Set<number>>();
  for (const name of targets.keys()) {
    const { event, major } = splitType(name);
    majors.set(event, (majors.get(event) ?? new Set()).add(major));
  }
  return majors;
}

/** `orders.v2.OrderPlaced` is event `orders.OrderPlaced`, major 2. */
function splitType(type: string): { event: string; major: number } {
  const match = /^(.+)\.v(\d+)\.([^.]+)$/.exec(type);
  if (match === null) return { event: type, major: 1 };
  return { event: `${match[1]}.${match[3]}`, major: Number(match[2]) };
}

function renditionsOf(record: StoredRecord): readonly number[] | undefined {
  const header = record.headers['ce_renditions'];
  if (header === undefined || !/^\d{1,4}(,\d{1,4}){0,15}$/.test(header)) return undefined;
  return header.split(',').map(Number);
}

function schemaIdOf(record: StoredRecord): number | undefined {
  const value = record.value;
  if (value === null || value.length < 5 || value[0] !== 0) return undefined;
  return (((value[1] ?? 0) << 24) | ((value[2] ?? 0) << 16) | ((value[3] ?? 0) << 8) | (value[4] ?? 0)) >>> 0;
}

async function fetchSchema(
  registry: SchemaRegistry,
  id: number,
  clock: Pick<Clock, 'monotonic'>,
): Promise<KnownSchema> {
  try {
    const schema = await registry.schemaOf(id);
    return { schema, sha256: schemaFingerprint(schema), dataSchema: undefined };
  } catch (error) {
    if (error instanceof WaybillError && error.code === 'registry.unknown-schema-id')
      return { unknown: error, until: clock.monotonic() + UNKNOWN_FOR_MS };
    throw error;
  }
}

function decode(
  record: StoredRecord,
  envelope: Envelope,
  target: Target,
  schemas: ReadonlyMap<number, KnownSchema>,
): unknown {
  if (record.value === null) {
    throw new UnreadableRecordError(
      'record.empty',
      'The record has no body. Nothing that publishes with Waybill writes one.',
    );
  }
  const { schemaId, body } = unframe(record.value);
  const known = schemas.get(schemaId);
  if (known === undefined) throw new Error(`schema id ${schemaId} was not prepared`);
  if ('unknown' in known) throw known.unknown;
  if (known.dataSchema !== envelope.dataSchema && dataSchemaFingerprint(envelope.dataSchema) !== known.sha256) {
    throw new UnreadableRecordError(
      'record.schema-mismatch',
      `Schema id ${schemaId} is another schema than the one the event was written with (ce_dataschema). The registry was set up anew: restore it, or register the old schemas.`,
    );
  }
  known.dataSchema = envelope.dataSchema;
  const data: unknown = target.decodeAs.codec.decode(body, known.schema);
  return target.upcast === undefined ? data : target.upcast(data as never);
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
