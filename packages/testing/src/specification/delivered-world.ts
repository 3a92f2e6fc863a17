import { dataSchemaUrn, envelopeToHeaders, frame } from '@waybill/contracts';
import {
  type ConsumerDefinition,
  createOutbox,
  type FetchedRecord,
  type Logger,
  type OutgoingRecord,
  type ProducerSource,
  type RunningConsumer,
  startConsumer,
} from '@waybill/messaging';
import {
  MemoryClient,
  MemoryDatabase,
  MemoryLog,
  memoryOutbox,
  memorySubscriber,
  memoryTopicReader,
} from '../memory/index.ts';
import { parkedTable, positionTable, skippedTable } from '../memory/consuming/tables.ts';
import { outboxTable } from '../memory/publishing/tables.ts';
import { Activity } from './activity.ts';
import { ContractBook } from './contract-book.ts';
import { HeldClock } from './held-clock.ts';
import type { ParkedOutcome, PublishedEvent } from './outcome.ts';
import type { SpecifiedEvent, WithheldEvent } from './specified-event.ts';
import { tabledInbox } from './tabled-inbox.ts';
import type { TeamTables } from './team-tables.ts';

/** Milliseconds of the held clock within which gaps, retries and waits must have come to their end. */
const LONGEST_MS = 3_600_000;

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** A service's consumers on the ports in memory, and what was delivered to them. */
export class DeliveredWorld {
  readonly #clock = new HeldClock(Date.now());
  readonly #log = new MemoryLog({ clock: this.#clock });
  readonly #database = new MemoryDatabase({ clock: this.#clock });
  readonly #contracts = new ContractBook();
  readonly #activity = new Activity();
  readonly #consumers: readonly ConsumerDefinition[];
  readonly #tables: TeamTables;
  readonly #running = new Map<string, RunningConsumer>();
  readonly #records = new Map<SpecifiedEvent, OutgoingRecord>();
  readonly #topics = new Set<string>();
  readonly #versions = new Map<string, number>();
  readonly #withheld: SpecifiedEvent[] = [];

  constructor(consumers: readonly ConsumerDefinition[], tables: TeamTables) {
    this.#consumers = consumers;
    this.#tables = tables;
  }

  start(): void {
    const clock = this.#clock;
    const client = new MemoryClient(this.#database);
    const store = memoryOutbox(this.#database);
    const inbox = tabledInbox(client, this.#tables, (text) => this.#database.knows(text));
    const outbox = createOutbox({
      store,
      schemaIds: this.#contracts,
      source: '/specification',
      wake: () => undefined,
      now: () => new Date(clock.now()),
    });
    const needed = this.#consumers.some(({ handlers }) => handlers.some(({ needs }) => needs !== undefined));
    for (const definition of this.#consumers) {
      for (const { contract } of [...definition.handlers, ...definition.snapshots]) this.#createTopic(contract.topic);
      for (const { from } of definition.upcasters) this.#createTopic(from.topic);
    }
    for (const definition of this.#consumers) {
      const running = startConsumer({
        definition: this.#activity.trackedConsumer(definition),
        store: this.#activity.trackedInbox(inbox),
        subscriber: memorySubscriber({ log: this.#log, clock }),
        topics: memoryTopicReader(this.#log),
        registry: this.#contracts.registry,
        outbox,
        producers: this.#producers(),
        log: silent,
        clock,
        hasDependents: needed && definition.kind === 'projection',
        wakeDependents: () => {
          for (const each of this.#running.values()) each.wake();
        },
        provide: async (projection, key) => (await this.#running.get(projection)?.provide(key)) ?? false,
      });
      this.#running.set(definition.name, running);
    }
  }

  deliver(given: SpecifiedEvent | WithheldEvent): void {
    if ('withheld' in given) {
      this.#withheld.push(given.withheld);
      this.#recordOf(given.withheld);
      return;
    }
    this.#createTopic(given.contract.topic);
    this.#log.append(this.#recordOf(given));
  }

  /** Lets everything come to its end that will within an hour, in no time. @throws when a consumer cannot go on. */
  async settle(): Promise<void> {
    const until = this.#clock.now() + LONGEST_MS;
    do {
      await this.#activity.over();
      for (const consumer of this.#running.values()) {
        const { name, state, reason } = consumer.status();
        if (state === 'failed')
          throw new Error(`The consumer ${name} cannot go on: ${reason ?? 'it does not say why'}`);
      }
    } while (!this.#isSettled(until) && this.#clock.advance(until));
  }

  async stop(): Promise<void> {
    const stopped = new AbortController();
    const stopping = Promise.all([...this.#running.values()].map(async (consumer) => consumer.stop(1_000))).finally(
      () => stopped.abort(),
    );
    do await this.#activity.over();
    while (!stopped.signal.aborted && this.#clock.advance(Infinity));
    await stopping;
  }

  /** What was published and committed, but the first `from` of it. */
  published(from: number): readonly PublishedEvent[] {
    return this.#database
      .committedRows(outboxTable)
      .filter(({ kind }) => kind === 'event')
      .toSorted((a, b) => a.position - b.position)
      .slice(from)
      .map((row) => ({
        type: row.type,
        id: row.id as PublishedEvent['id'],
        tenant: row.tenant,
        aggregateId: row.aggregateId,
        version: row.aggregateVersion,
        correlationId: row.correlationId,
        causationId: (row.causationId ?? undefined) as PublishedEvent['causationId'],
        data: this.#contracts.decode(row.payload),
      }));
  }

  parked(): readonly ParkedOutcome[] {
    return this.#database.committedRows(parkedTable).map((row) => ({
      consumer: row.consumer,
      type: row.type,
      aggregateId: row.key.aggregateId,
      version: row.version,
      reason: row.reason,
      attempts: row.attempts,
      error: row.failure?.message,
    }));
  }

  skipped(from: number) {
    return this.#database
      .committedRows(skippedTable)
      .slice(from)
      .map(({ reason }) => reason);
  }

  #createTopic(topic: string): void {
    if (this.#topics.has(topic)) return;
    this.#topics.add(topic);
    this.#log.createTopic(topic, 1);
  }

  #recordOf(specified: SpecifiedEvent): OutgoingRecord {
    const known = this.#records.get(specified);
    if (known !== undefined) return known;
    const { contract, fields, id, correlationId } = specified;
    const { aggregateId, tenant = '', causationId, time = new Date(this.#clock.now()) } = fields;
    const key = JSON.stringify([contract.aggregateType, tenant, aggregateId]);
    const last = this.#versions.get(key) ?? 0;
    const next = contract.kind === 'snapshot' ? Math.max(last, 1) : last + 1;
    const version = fields.version ?? next;
    this.#versions.set(key, Math.max(last, version));
    const headers = envelopeToHeaders({
      id,
      type: contract.name,
      source: '/specification',
      time,
      dataSchema: dataSchemaUrn(contract),
      tenant,
      aggregateType: contract.aggregateType,
      aggregateId,
      aggregateVersion: version,
      correlationId,
      causationId,
      trace: {},
    });
    const record = {
      topic: contract.topic,
      key: tenant === '' ? aggregateId : `${tenant}/${aggregateId}`,
      value: frame(this.#contracts.idOf(contract), contract.codec.encode(fields.data)),
      headers,
    };
    this.#records.set(specified, record);
    return record;
  }

  /** The producers of the events, which still have all of them. */
  #producers(): ProducerSource {
    const recordsOf = (kind: 'event' | 'snapshot', aggregateType: string, key: string): readonly FetchedRecord[] =>
      [...this.#records]
        .filter(
          ([{ contract }, record]) =>
            contract.kind === kind && contract.aggregateType === aggregateType && record.key === key,
        )
        .map(([, record]) => record)
        .toSorted((a, b) => versionOf(a) - versionOf(b));
    const keyOf = (entity: { tenant: string; aggregateId: string }): string =>
      entity.tenant === '' ? entity.aggregateId : `${entity.tenant}/${entity.aggregateId}`;
    return {
      snapshot: async (entity) => recordsOf('snapshot', entity.aggregateType, keyOf(entity)).at(-1),
      events: async (entity, from, to) =>
        recordsOf('event', entity.aggregateType, keyOf(entity)).filter(
          (record) => versionOf(record) >= from && versionOf(record) <= to,
        ),
    };
  }

  #isSettled(until: number): boolean {
    const positions = this.#database.committedRows(positionTable);
    const isRead = this.#consumers.every(({ name, handlers, snapshots }) =>
      [...handlers, ...snapshots].every(({ contract: { topic } }) => {
        const position = positions.find((row) => row.consumer === name && row.topic === topic);
        return position?.nextOffset === this.#log.partition(topic, 0).high;
      }),
    );
    const waiting = this.#database
      .committedRows(parkedTable)
      .some(({ reason, dueAt }) => reason !== 'dead' && dueAt !== undefined && dueAt <= until);
    return isRead && !waiting;
  }
}

function versionOf({ headers }: FetchedRecord): number {
  return Number(headers['ce_aggregateversion']);
}
