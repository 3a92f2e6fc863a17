import { parkedTable } from '../../memory/consuming/tables.ts';
import { heldTable, outboxTable } from '../../memory/publishing/tables.ts';
import { isUndecodable } from '../world/operator.ts';
import type { World } from '../world/world.ts';
import { Consumed } from './consumed.ts';
import { subscribedTopics, watchedConsumers } from './watched-consumers.ts';

/** What is still to be done in a calm world; empty when it is at rest. */
export function unrest(world: World): string {
  for (const [name, database] of [
    ['orders', world.orders],
    ['shop', world.shop],
  ] as const) {
    if (database.running > 0) return `${database.running} transactions are open in ${name}`;
    const held = database.committedRows(heldTable).length;
    if (held > 0) return `${held} entities of ${name} are held`;
    const published = new Set<string | undefined>();
    const rows = database.committedRows(outboxTable);
    for (const topic of new Set(rows.map((row) => row.topic)))
      for (const { headers } of world.log.records(topic)) published.add(headers['ce_id']);
    const missing = rows.filter(({ id }) => !published.has(id));
    if (missing[0] !== undefined)
      return `${missing.length} rows of ${name} are not in the log, such as ${missing[0].aggregateId} version ${missing[0].aggregateVersion}`;
  }
  for (const consumer of watchedConsumers(world)) {
    const consumed = new Consumed(world, consumer);
    for (const topic of subscribedTopics(consumer)) {
      for (const { number, high } of world.log.partitions(topic)) {
        const position = consumed.position(topic, number);
        if (position !== high) return `${consumer.name} is at ${position} of ${high} in ${topic}/${number}`;
      }
    }
  }
  return waiting(world);
}

/** What is parked and neither dead nor behind something dead. */
function waiting(world: World): string {
  const rows = world.shop.committedRows(parkedTable);
  const undecodable = rows.find(isUndecodable);
  if (undecodable !== undefined)
    return `${undecodable.consumer} cannot read ${undecodable.key.aggregateId} version ${undecodable.version}`;
  const entityOf = ({ consumer, key }: (typeof rows)[number]): string => JSON.stringify([consumer, key]);
  const dead = new Set(rows.filter(({ reason }) => reason === 'dead').map(entityOf));
  const first = rows.find((row) => row.reason !== 'dead' && !(row.holdsEntity && dead.has(entityOf(row))));
  if (first === undefined) return '';
  return `${first.consumer} has ${first.key.aggregateId} version ${first.version} parked (${first.reason}, due ${first.dueAt === undefined ? 'never' : `in ${first.dueAt - world.serverTime} ms`}, ${first.failure?.message ?? 'no failure'})`;
}
