import { type Context, context as activeContext, type Span } from '@opentelemetry/api';
import { type AnyContract, type Contract, type EventId, newEventId } from '@waybill/contracts';
import { causationIdOf, correlationIdOf } from '../context.ts';
import { endCreateSpan, startCreateSpan } from './fact-trace.ts';
import { entryOf, type FactEnvelope, MAX_EVENT_BYTES, requireKey, type SchemaIds } from './outbox-entry.ts';
import type { OutboxEntry, OutboxStore } from './outbox-store.ts';
import {
  type EventToPublish,
  type Fact,
  fact as pair,
  type Published,
  type Rendition,
  type Transaction,
} from './outbox.ts';
import { PublishContractError } from './publishing-errors.ts';
import { keyOf } from './slot.ts';

export interface OutboxOptions {
  readonly store: OutboxStore;
  readonly schemaIds: SchemaIds;
  /** `ce_source`: `/waybill/orders`. */
  readonly source: string;
  /** Tells the relay that something was committed. */
  readonly wake: () => void;
  readonly now?: () => Date;
  /** UUIDv7s. */
  readonly newId?: () => EventId;
  /** Bytes of one framed event; 900,000 when left out. */
  readonly maxEventBytes?: number;
}

export interface Outbox {
  /**
   * Publishes one event in the caller's transaction: it goes out if, and only if, that commits. Its correlation id is
   * the active context's, else its own id. Call {@link Outbox.wake} after the commit, unless `transaction` does.
   * @throws {EncodingError} when the data is not the contract's.
   * @throws {VersionConflictError} when `expectedVersion` is not the next one.
   * @throws {OutboxLimitError} {UnsafeCommitError} {PublishContractError}
   */
  publish<TData>(tx: Transaction, contract: Contract<TData>, event: NoInfer<EventToPublish<TData>>): Promise<Published>;
  /** The same for several events in one statement; those of one aggregate get consecutive versions in this order. */
  publishAll(tx: Transaction, facts: readonly Fact[]): Promise<readonly Published[]>;
  /** Tells the relay that something was committed, so that it does not wait for its next look. Cheap; never throws. */
  wake(): void;
}

interface PreparedFact {
  readonly id: EventId;
  readonly span: Span;
  readonly entries: readonly OutboxEntry[];
}

export function createOutbox(options: OutboxOptions): Outbox {
  const { store, now = () => new Date(), newId = () => newEventId() } = options;
  const encoding = { schemaIds: options.schemaIds, maxEventBytes: options.maxEventBytes ?? MAX_EVENT_BYTES };

  function prepare(fact: Fact, number: number, context: Context): PreparedFact {
    const { contract, event } = fact;
    const { aggregateId, tenant = '', renditions = [], expectedVersion } = event;
    requireKey({ tenant, aggregateId });
    requireRenditions(contract, renditions);
    const id = newId();
    const correlationId = wellFormed(correlationIdOf(context)) ?? id;
    const key = keyOf({ tenant, aggregateId });
    const { span, row } = startCreateSpan(context, {
      topic: contract.topic,
      type: contract.name,
      id,
      key,
      correlationId,
    });
    try {
      const causationId = causationIdOf(context) ?? null;
      const envelope: FactEnvelope = {
        id,
        time: now(),
        source: options.source,
        tenant,
        aggregateId,
        correlationId,
        causationId,
        renditions: majorsOf(contract, renditions),
        ...row,
      };
      const place = { fact: number, version: { take: 'next', expected: expectedVersion } } as const;
      const all: readonly Rendition[] = [{ contract, data: event.data }, ...renditions];
      return { id, span, entries: all.map((each) => entryOf(each.contract, each.data, envelope, place, encoding)) };
    } catch (error) {
      endCreateSpan(span, undefined, error);
      throw error;
    }
  }

  async function publishAll(tx: Transaction, facts: readonly Fact[]): Promise<readonly Published[]> {
    if (facts.length === 0) return [];
    const context = activeContext.active();
    const prepared: PreparedFact[] = [];
    try {
      for (const [number, each] of facts.entries()) prepared.push(prepare(each, number, context));
      const versions = await store.append(
        tx,
        prepared.flatMap((each) => each.entries),
      );
      return toPublished(prepared, versions);
    } catch (error) {
      for (const each of prepared) endCreateSpan(each.span, undefined, error);
      throw error;
    }
  }

  return {
    publishAll,
    async publish(tx, contract, event) {
      const [published] = await publishAll(tx, [pair(contract, event)]);
      if (!published) throw new PublishContractError(`the store answered no version for ${contract.name}`);
      return published;
    },
    wake: () => options.wake(),
  };
}

function toPublished(
  prepared: readonly PreparedFact[],
  versions: readonly { readonly version: number }[],
): readonly Published[] {
  let at = 0;
  const published = prepared.map(({ id, entries }) => {
    const version = versions[at]?.version;
    at += entries.length;
    if (version === undefined)
      throw new PublishContractError(`the store answered ${versions.length} versions, fewer than were written`);
    return { id, version };
  });
  for (const [index, { span }] of prepared.entries()) endCreateSpan(span, published[index]?.version);
  return published;
}

/** Baggage comes from outside; one that could not be a header must not fail the business transaction. */
function wellFormed(correlationId: string | undefined): string | undefined {
  return correlationId !== undefined && /^[A-Za-z0-9._:-]{1,128}$/.test(correlationId) ? correlationId : undefined;
}

/** So that a consumer can tell, at the first rendition that it sees, which one to handle. */
function majorsOf(contract: AnyContract, renditions: readonly Rendition[]): string | null {
  if (renditions.length === 0) return null;
  const majors = [contract.major, ...renditions.map((each) => each.contract.major)];
  return majors.toSorted((a, b) => a - b).join(',');
}

function requireRenditions(contract: AnyContract, renditions: readonly Rendition[]): void {
  if (contract.kind !== 'event') {
    throw new PublishContractError(
      `${contract.name} is a snapshot. Publish events; the snapshotter publishes snapshots.`,
    );
  }
  const majors = new Set([contract.major]);
  for (const { contract: other } of renditions) {
    if (
      other.kind !== 'event' ||
      other.event !== contract.event ||
      other.topic !== contract.topic ||
      majors.has(other.major)
    ) {
      throw new PublishContractError(
        `${other.name} is no rendition of ${contract.name}: renditions are other majors of the same event on the same topic, each once.`,
      );
    }
    majors.add(other.major);
  }
}
