import { positionTable, type PositionRow } from '../../memory/consuming/tables.ts';
import { outboxTable } from '../../memory/publishing/tables.ts';
import { type Copy, copyTable } from '../world/domain.ts';
import type { World } from '../world/world.ts';
import { Consumed } from './consumed.ts';
import { firstArrivals, publishedEvents } from './published.ts';
import { watchedConsumers } from './watched-consumers.ts';

/** Watches what is committed, as triggers would. */
export function watchDatabases(world: World): void {
  for (const database of [world.orders, world.shop]) {
    database.observe(({ notes }, changes) => {
      // I6: a holder that was told that it is fenced commits nothing.
      if (notes.length > 0 && changes.length > 0) {
        world.violated('I6', `a transaction was committed although it was fenced (${notes.join(', ')})`);
      }
    });
  }
  world.shop.observe((_, changes) => {
    for (const { table, before, after } of changes) {
      if (table === copyTable.name) neverBack(world, before as Copy | undefined, after as Copy);
      if (table !== positionTable.name) continue;
      const was = before as PositionRow | undefined;
      const is = after as PositionRow;
      const key = `${is.consumer} ${is.topic} ${is.partition}`;
      if (is.nextOffset !== undefined && !world.beganAt.has(key)) world.beganAt.set(key, is.nextOffset);
      if (was?.nextOffset !== undefined && (is.nextOffset ?? 0n) < was.nextOffset)
        world.violated('I8', `the position of ${key} went back`);
    }
  });
}

/** I4: a copy is never older than it was. */
function neverBack(world: World, before: Copy | undefined, { consumer, entity, version }: Copy): void {
  if (before !== undefined && version < before.version)
    world.violated('I4', `${consumer}: the copy of ${entity} went back from version ${before.version} to ${version}`);
}

/** What holds at any moment, faults or not. */
export function atEveryMoment(world: World): void {
  for (const consumer of watchedConsumers(world)) {
    const consumed = new Consumed(world, consumer);
    effectsOnce(world, consumed);
    effectsHaveCauses(world, consumed);
    givenUpForGood(world, consumed);
    inOrder(world, consumed);
    afterWhatTheyNeed(world, consumed);
    nothingVanished(world, consumed);
  }
  outsideOnce(world);
}

/** I3: no event has two effects. */
function effectsOnce(world: World, { consumer, effects }: Consumed): void {
  const seen = new Set<string>();
  for (const { eventId, entity, version } of effects) {
    if (seen.has(eventId)) world.violated('I3', `${consumer.name}: two effects of ${entity} version ${version}`);
    seen.add(eventId);
  }
}

/** I2: no effect without a committed event. */
function effectsHaveCauses(world: World, { consumer, effects }: Consumed): void {
  const database = consumer.topic === 'shop.reply' ? world.shop : world.orders;
  const committed = new Set(database.committedRows(outboxTable).map(({ id }) => id));
  for (const { eventId, entity, version } of effects) {
    if (!committed.has(eventId))
      world.violated('I2', `${consumer.name}: an effect of ${entity} version ${version}, which nobody committed`);
  }
}

/** I2: what a person gave up has no effect, unless it had one before. */
function givenUpForGood(world: World, { consumer, effects, skippedIds }: Consumed): void {
  for (const { eventId, entity, version } of effects) {
    if (skippedIds.has(eventId))
      world.violated('I2', `${consumer.name}: ${entity} version ${version} was given up, and took effect all the same`);
  }
}

/** I4: the effects of an entity come in the order of its versions. */
function inOrder(world: World, { consumer, effects }: Consumed): void {
  if (!consumer.ordered) return;
  const last = new Map<string, number>();
  for (const { entity, version, n } of effects) {
    // What could not be read is passed over, and handled late once it can be.
    if (world.plan.undecodable.includes(n)) continue;
    const before = last.get(entity) ?? 0;
    if (version <= before)
      world.violated('I4', `${consumer.name}: version ${version} of ${entity} took effect after ${before}`);
    last.set(entity, version);
  }
}

/** I4, between entities: an effect comes after the entity that it needs. */
function afterWhatTheyNeed(world: World, { consumer, effects }: Consumed): void {
  for (const { entity, version, needed } of effects) {
    if (needed?.found === false)
      world.violated('I4', `${consumer.name}: ${entity} version ${version} took effect without ${needed.customer}`);
  }
}

/** I8: what a position has passed is accounted for. */
function nothingVanished(world: World, consumed: Consumed): void {
  const { consumer } = consumed;
  for (const event of firstArrivals(publishedEvents(world, consumer.topic))) {
    const position = consumed.position(consumer.topic, event.partition);
    if (position === undefined || event.offset >= position || consumed.accountsFor(event)) continue;
    world.violated('I8', `${consumer.name}: ${event.entity} version ${event.version} was passed, and is nowhere`);
  }
}

/** I3, outside: what must not be called twice is not. */
function outsideOnce(world: World): void {
  const seen = new Set<string>();
  for (const { consumer, key } of world.outside) {
    if (consumer !== 'shop.mail') continue;
    if (seen.has(key)) world.violated('I3', `${consumer}: the outside was called twice for ${key}`);
    seen.add(key);
  }
}
