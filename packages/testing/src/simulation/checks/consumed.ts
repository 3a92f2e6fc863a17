import { type EntityKey, entityKeyText } from '@waybill/messaging';
import {
  entityTable,
  parkedTable,
  type ParkedRow,
  positionTable,
  rowKey,
  skippedTable,
} from '../../memory/consuming/tables.ts';
import { type Effect, effectTable } from '../world/domain.ts';
import type { World } from '../world/world.ts';
import type { PublishedEvent } from './published.ts';
import type { WatchedConsumer } from './watched-consumers.ts';

/** What a consumer's database holds of it, read at one moment. */
export class Consumed {
  readonly consumer: WatchedConsumer;
  readonly effects: readonly Effect[];
  readonly parked: readonly ParkedRow[];
  readonly #world: World;
  readonly #effectIds: ReadonlySet<string>;
  readonly #parkedIds: ReadonlySet<string>;
  /** What a person gave up. */
  readonly skippedIds: ReadonlySet<string>;

  constructor(world: World, consumer: WatchedConsumer) {
    this.#world = world;
    this.consumer = consumer;
    this.effects = world.shop
      .committedRows(effectTable)
      .filter((effect) => effect.consumer === consumer.name)
      .toSorted((a, b) => a.seq - b.seq);
    this.parked = world.shop.committedRows(parkedTable).filter((row) => row.consumer === consumer.name);
    this.#effectIds = new Set(this.effects.map(({ eventId }) => eventId));
    this.#parkedIds = new Set(this.parked.map(({ eventId }) => eventId));
    this.skippedIds = new Set(
      world.shop
        .committedRows(skippedTable)
        .filter((row) => row.consumer === consumer.name && row.reason === 'operator')
        .map(({ envelope }) => envelope.id),
    );
  }

  /** The offset up to which a partition is dealt with. */
  position(topic: string, partition: number): bigint | undefined {
    const row = this.#world.shop.table(positionTable.name).cells.get(rowKey(this.consumer.name, topic, partition));
    return (row?.committed as { readonly nextOffset: bigint | undefined } | undefined)?.nextOffset;
  }

  hasEffect(id: string): boolean {
    return this.#effectIds.has(id);
  }

  isParked(id: string): boolean {
    return this.#parkedIds.has(id);
  }

  /** The version up to which an entity's events are dealt with. */
  applied(entity: string): number {
    const key: EntityKey = { tenant: '', aggregateType: this.consumer.topic, aggregateId: entity };
    const row = this.#world.shop.table(entityTable.name).cells.get(rowKey(this.consumer.name, entityKeyText(key)));
    return (row?.committed as { readonly applied: number } | undefined)?.applied ?? 0;
  }

  /** Whether an event that was dealt with is accounted for: by its effect, or by a reason to wait or to have none. */
  accountsFor(event: PublishedEvent): boolean {
    if (this.hasEffect(event.id) || this.isParked(event.id) || this.skippedIds.has(event.id)) return true;
    if (event.type !== this.consumer.type) return true;
    if (this.consumer.kind === 'projection') return event.version <= this.applied(event.entity);
    return this.consumer.from === 'now' && this.#isHistory(event);
  }

  /** Whether a consumer from now on may pass an event over: it came before the consumer did, or before its entity's baseline. */
  #isHistory({ entity, version, offset, partition }: PublishedEvent): boolean {
    const began = this.#world.beganAt.get(`${this.consumer.name} ${this.consumer.topic} ${partition}`);
    if (began === undefined || offset < began) return true;
    const known = [
      ...this.effects,
      ...this.parked.map((row) => ({ entity: row.key.aggregateId, version: row.version })),
    ];
    const versions = known.filter((each) => each.entity === entity).map((each) => each.version);
    return versions.length > 0 && version < Math.min(...versions);
  }
}
