import { copyTable, factDataOf, factTable, type SourceFact } from '../world/domain.ts';
import type { World } from '../world/world.ts';
import { atEveryMoment } from './at-every-moment.ts';
import { Consumed } from './consumed.ts';
import { firstArrivals, type PublishedEvent, publishedEvents } from './published.ts';
import { type WatchedConsumer, watchedConsumers } from './watched-consumers.ts';

/** What holds once nothing is left to be done. */
export function atRest(world: World): void {
  atEveryMoment(world);
  const facts = world.orders.committedRows(factTable).toSorted((a, b) => a.n - b.n);
  everyFactIsPublished(world, facts);
  for (const consumer of watchedConsumers(world)) {
    const consumed = new Consumed(world, consumer);
    everyEventHasItsEffect(world, consumed);
    deadForAReason(world, consumed);
    if (consumer.kind === 'projection') copyIsTheFold(world, consumed, facts);
  }
  repliesAreComplete(world);
  callsHaveEffects(world);
}

/** I1, I2 and I4 on the way to the log: its events are the committed facts, once each, in their entities' order. */
function everyFactIsPublished(world: World, facts: readonly SourceFact[]): void {
  const events = firstArrivals([
    ...publishedEvents(world, 'orders.order'),
    ...publishedEvents(world, 'orders.customer'),
  ]);
  const byFact = Map.groupBy(events, ({ n }) => n);
  for (const { n, entity, change, delta } of facts) {
    const published = byFact.get(n) ?? [];
    if (published.length === 0) world.violated('I1', `fact ${n} of ${entity} is not in the log`);
    if (published.length > 1) world.violated('I3', `fact ${n} of ${entity} was published under two ids`);
    for (const event of published) {
      if (event.entity !== entity || event.delta !== delta || event.version !== change)
        world.violated(
          'I4',
          `fact ${n} is change ${change} of ${entity}, and was published as version ${event.version}`,
        );
    }
  }
  const committed = new Set(facts.map(({ n }) => n));
  for (const { n, entity } of events)
    if (!committed.has(n)) world.violated('I2', `fact ${n} of ${entity} is in the log, and was not committed`);
  inOrderOfVersions(world, events);
  inOrderOfVersions(world, firstArrivals(publishedEvents(world, 'shop.reply')));
}

function inOrderOfVersions(world: World, events: readonly PublishedEvent[]): void {
  for (const [entity, own] of Map.groupBy(events, (event) => event.entity)) {
    const versions = own.map(({ version }) => version);
    if (versions.some((version, index) => version !== index + 1))
      world.violated('I4', `the versions of ${entity} are in the log as ${versions.join(', ')}`);
  }
}

/** I1 on the way from the log. */
function everyEventHasItsEffect(world: World, consumed: Consumed): void {
  const { consumer } = consumed;
  for (const event of firstArrivals(publishedEvents(world, consumer.topic))) {
    if (!consumed.accountsFor(event))
      world.violated('I1', `${consumer.name}: ${event.entity} version ${event.version} has no effect`);
  }
}

/** What is dead was meant to die: a terminal failure, a record that nobody can read, a call whose outcome is unknown. */
function deadForAReason(world: World, { consumer, parked }: Consumed): void {
  const { name } = consumer;
  const planned = name === 'shop.customers' ? 'shop.dependent' : name;
  const terminal = world.plan.failures.filter((each) => each.consumer === planned && each.how === 'terminal');
  for (const { reason, failure, key, version, record } of parked) {
    if (reason !== 'dead') continue;
    if (name === 'shop.mail' && failure?.code === 'external.unknown-outcome') continue;
    const isGarbage = record.headers['ce_id'] === undefined;
    const n = isGarbage || record.value === null ? 0 : factDataOf(record.value).n;
    if (isGarbage || terminal.some((each) => each.n === n)) continue;
    world.violated(
      'I1',
      `${name}: ${key.aggregateId} version ${version} died of ${failure?.code}: ${failure?.message}`,
    );
  }
}

/** I5: a projection's copy is the fold of its source's facts. */
function copyIsTheFold(world: World, consumed: Consumed, facts: readonly SourceFact[]): void {
  const { name, topic } = consumed.consumer;
  const kind = topic === 'orders.customer' ? 'customer' : 'changed';
  const copies = new Map(
    world.shop
      .committedRows(copyTable)
      .filter(({ consumer }) => consumer === name)
      .map((copy) => [copy.entity, copy]),
  );
  const own = facts.filter(({ entity }) => entity.startsWith(topic === 'orders.customer' ? 'customer' : 'order'));
  for (const [entity, all] of Map.groupBy(own, (fact) => fact.entity)) {
    const applied = all
      .filter((fact) => fact.kind === kind && fact.change <= consumed.applied(entity))
      .toSorted((a, b) => a.change - b.change);
    const sum = applied.reduce((total, { delta }) => total + delta, 0);
    const last = applied.at(-1)?.n ?? 0;
    const copy = copies.get(entity) ?? { sum: 0, last: 0 };
    if (copy.sum !== sum || copy.last !== last)
      world.violated(
        'I5',
        `${name}: the copy of ${entity} is ${copy.sum} (${copy.last}), and its facts give ${sum} (${last})`,
      );
    if (consumed.parked.length === 0 && consumed.applied(entity) < Math.max(...all.map(({ change }) => change)))
      world.violated('I5', `${name}: the copy of ${entity} stands at version ${consumed.applied(entity)}`);
  }
}

/** I7: what a handler started is complete: each of its effects has one reply, and no reply is without one. */
function repliesAreComplete(world: World): void {
  if (!world.plan.consumers.includes('shop.ledger')) return;
  const ledger: WatchedConsumer | undefined = watchedConsumers(world).find(({ name }) => name === 'shop.ledger');
  if (ledger === undefined) return;
  const replies = Map.groupBy(firstArrivals(publishedEvents(world, 'shop.reply')), ({ cause }) => cause ?? '');
  const { effects } = new Consumed(world, ledger);
  for (const { eventId, entity, version } of effects) {
    const count = replies.get(eventId)?.length ?? 0;
    if (count !== 1) world.violated('I7', `${entity} version ${version} was handled once and answered ${count} times`);
    replies.delete(eventId);
  }
  if (replies.size > 0) world.violated('I7', `${replies.size} replies answer what was not handled`);
}

/** I2, outside: what was recorded as called was called. */
function callsHaveEffects(world: World): void {
  const called = new Set(world.outside.map(({ consumer, key }) => `${consumer} ${key}`));
  for (const consumer of watchedConsumers(world)) {
    if (consumer.name !== 'shop.card' && consumer.name !== 'shop.mail') continue;
    for (const { eventId, entity, version } of new Consumed(world, consumer).effects)
      if (!called.has(`${consumer.name} ${eventId}`))
        world.violated('I2', `${consumer.name}: ${entity} version ${version} counts as called, and was not`);
  }
}
