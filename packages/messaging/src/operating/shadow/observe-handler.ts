import type { Contract, Event } from '@waybill/contracts';
import { newEventId } from '@waybill/contracts';
import type { Clock } from '../../clock.ts';
import type { ConsumerDefinition, HandlerEntry } from '../../consuming/consumer.ts';
import { callHandler } from '../../consuming/handler-call.ts';
import { ProcessSpans } from '../../consuming/process-span.ts';
import type { Queryable } from '../../database.ts';
import { WaybillError } from '../../errors.ts';
import type { Logger } from '../../logger.ts';
import { MAX_EVENT_BYTES, requireKey } from '../../publishing/outbox-entry.ts';
import type { EventToPublish, Published } from '../../publishing/outbox.ts';
import { OutboxLimitError, PublishContractError, VersionConflictError } from '../../publishing/publishing-errors.ts';
import type { Observed, ObservedEnding, ObservedEvent, ObservedStatement, RowCounts } from './observed.ts';

/** A part of a transaction that is undone whatever becomes of it. */
export interface UndoneWork {
  readonly db: Queryable;
  /** The version of an aggregate's last event in the outbox, read without a lock; 0 where there is none. */
  versionOf(aggregate: { tenant: string; aggregateType: string; aggregateId: string }): Promise<number>;
}

/** A transaction that is never committed, for handlers that are looked at one after another in the same state. */
export interface ShadowTransaction {
  /** Runs `work`, undoes it, and answers what it wrote. An error of `work` is answered, not thrown. */
  undone(work: (undone: UndoneWork) => Promise<void>): Promise<{
    readonly rows: ReadonlyMap<string, RowCounts>;
    readonly error: unknown;
  }>;
}

export interface ObserveOptions {
  readonly definition: ConsumerDefinition;
  readonly log: Logger;
  readonly clock: Clock;
  readonly stopping: AbortSignal;
  /** Whether an error says nothing of the handler: the database was in the way, and the same work may pass later. */
  isTrouble(error: unknown): boolean;
}

/**
 * Runs a handler for an event and undoes it: nothing that it writes or publishes stays. A handler that would call the
 * outside is not run.
 * @throws what {@link ObserveOptions.isTrouble} holds for.
 */
export async function observeHandler(
  options: ObserveOptions,
  transaction: ShadowTransaction,
  entry: HandlerEntry,
  event: Event<never>,
): Promise<Observed> {
  const needs = entry.needs?.(event) ?? [];
  if (entry.external !== undefined && (entry.external.when?.(event) ?? true)) {
    return { needs, work: 'outside', ending: { ended: 'returned' }, published: [], statements: [], rows: new Map() };
  }
  const published: ObservedEvent[] = [];
  const statements: ObservedStatement[] = [];
  // Its spans would stand in the trace of an event that nobody handles now.
  const definition = { ...options.definition, tracing: 'none' as const };
  const { log, clock, stopping } = options;
  const { rows, error } = await transaction.undone(async (undone) => {
    const publish = recordingPublish(undone, published);
    const c = {
      ...{ definition, log, clock, stopping },
      publish: async <TData>(_: Queryable, contract: Contract<TData>, fact: EventToPublish<TData>) =>
        publish(contract, fact),
    };
    const place = { tx: { db: recording(undone.db, statements) }, spans: new ProcessSpans(definition) };
    const call = { contract: entry.contract, event, attempt: 1, origin: undefined };
    await callHandler(c, call, place, (each, context) => entry.handle(each, context, undefined));
  });
  if (error instanceof Error && options.isTrouble(error)) throw error;
  return { needs, work: 'inside', ending: endingOf(error), published, statements, rows };
}

/** What would end the transaction, and so make what is written stay. */
const endsTransaction =
  /^\s*(?:commit|end|abort|begin|start\s+transaction|prepare\s+transaction|rollback(?!\s+(?:work\s+|transaction\s+)?to\b))\b/i;

/** The transaction as the handler sees it: what it asks for is written down. */
function recording(db: Queryable, statements: ObservedStatement[]): Queryable {
  return {
    async query(sql, params = []) {
      // A client's own statement objects come here too, whatever the types say.
      if (typeof sql === 'string' && endsTransaction.test(sql)) {
        throw new WaybillError(
          'shadow.ends-transaction',
          'A handler may not begin or end a transaction; its tx is one.',
        );
      }
      statements.push({ text: textOf(sql), params: [...params] });
      return db.query(sql, params);
    },
  };
}

function textOf(sql: unknown): string {
  if (typeof sql === 'string') return sql;
  const text = typeof sql === 'object' && sql !== null && 'text' in sql ? sql.text : undefined;
  return typeof text === 'string' ? text : '';
}

/**
 * Checks what is to be published as an outbox does, and writes nothing: the head of an aggregate is a row that live traffic
 * would wait for.
 */
function recordingPublish(undone: UndoneWork, published: ObservedEvent[]) {
  const raised = new Map<string, number>();
  return async <TData>(contract: Contract<TData>, fact: EventToPublish<TData>): Promise<Published> => {
    const { tenant = '', aggregateId, data, renditions = [], expectedVersion } = fact;
    requireKey({ tenant, aggregateId });
    if (contract.kind !== 'event') throw new PublishContractError(`${contract.name} is a snapshot. Publish events.`);
    for (const each of [{ contract, data }, ...renditions]) {
      const { length } = each.contract.codec.encode(each.data);
      if (length > MAX_EVENT_BYTES)
        throw new OutboxLimitError(`${each.contract.name} has ${length} bytes`, 'Publish a reference to large content');
    }
    const { aggregateType } = contract;
    const key = JSON.stringify([tenant, aggregateType, aggregateId]);
    const before = raised.get(key) ?? (await undone.versionOf({ tenant, aggregateType, aggregateId }));
    if (expectedVersion !== undefined && expectedVersion !== before + 1)
      throw new VersionConflictError(
        `${contract.name} was to be version ${expectedVersion} and would be ${before + 1}`,
      );
    raised.set(key, before + 1);
    published.push({
      ...{ contract: contract.name, tenant, aggregateId, data },
      renditions: renditions.map((each) => ({ contract: each.contract.name, data: each.data })),
    });
    return { id: newEventId(), version: before + 1 };
  };
}

function endingOf(error: unknown): ObservedEnding {
  if (error === undefined) return { ended: 'returned' };
  if (!(error instanceof Error)) return { ended: 'threw', type: typeof error, code: 'handler.unknown' };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'handler.unknown';
  return { ended: 'threw', type: error.name, code };
}
