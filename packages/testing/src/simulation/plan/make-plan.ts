import { Random } from '../kernel/random.ts';
import {
  type ConsumerName,
  consumerNames,
  type Plan,
  type PlannedChange,
  type PlannedFact,
  type PlannedFailure,
  type PlannedFault,
  type PlannedOperation,
  type PlannedSnapshot,
  servers,
} from './plan.ts';

/** Milliseconds in which all that is planned begins. */
const BUSY_MS = 4_000;

/** The world of a seed. */
export function makePlan(seed: number): Plan {
  const random = new Random(seed, 'plan');
  const orders = Array.from({ length: random.integer(1, 4) }, (_, index) => `order-${index + 1}`);
  const customers = Array.from({ length: random.integer(1, 2) }, (_, index) => `customer-${index + 1}`);
  const producers = random.chance(0.7) ? ['orders-1', 'orders-2'] : ['orders-1'];
  const consuming = random.chance(0.7) ? ['shop-1', 'shop-2'] : ['shop-1'];
  const consumers = someOf(random, consumerNames, random.integer(1, 3));
  const changes = makeChanges(random, producers, orders, consumers.includes('shop.dependent') ? customers : []);
  const facts = changes.flatMap((change) => change.facts);
  const isRough = random.chance(0.6);
  const processes = [...producers, ...consuming];
  return {
    seed,
    processes,
    partitions: random.integer(1, 3),
    consumers,
    consumersAtMs: random.chance(0.3) ? random.between(500, 3_000) : 0,
    leaseMs: random.pick([600, 1_500, 3_000]),
    batchRows: random.pick([1, 2, 3, 5, 1_000]),
    deliveredAtOnce: random.pick([1, 3, 10, 100]),
    sendMs: random.pick([0, 0, 10, 60]),
    gapPatienceMs: random.pick([50, 300]),
    network: {
      lossShare: isRough ? random.pick([0, 0.01, 0.03, 0.08]) : 0,
      slowShare: isRough ? random.pick([0, 0.02, 0.1]) : 0.01,
      slowMs: random.pick([20, 200, 900]),
      lateShare: random.pick([0, 0.3]),
    },
    duplicateShare: random.pick([0, 0.1, 0.3]),
    reorderShare: random.pick([0, 0.1, 0.4]),
    clockOffsetMs: random.pick([0, 0, -400, 2_000]),
    changes,
    snapshots: makeSnapshots(random, producers, snapshotted(consumers, orders, customers)),
    failures: makeFailures(random, consumers, facts),
    refused: facts.filter(() => random.chance(0.02)).map(({ n }) => n),
    undecodable: undecodableFacts(random, consumers, facts),
    faults: makeFaults(random, processes, consumers, orders),
    calmAtMs: BUSY_MS + random.between(200, 2_500),
    mendedAtMs: random.between(1_000, BUSY_MS),
    operations: makeOperations(new Random(seed, 'operations')),
  };
}

/** In every second world somebody is at work on what failed, also once it is calm. */
function makeOperations(random: Random): readonly PlannedOperation[] {
  if (!random.chance(0.5)) return [];
  return Array.from({ length: random.integer(5, 40) }, (): PlannedOperation => {
    const dice = random.next();
    return {
      atMs: random.between(300, BUSY_MS + 6_000),
      what: dice < 0.4 ? 'redrive' : dice < 0.5 ? 'edit' : 'skip',
      choice: random.next(),
      people: random.chance(0.3) ? 'twice' : 'one',
    };
  }).toSorted((a, b) => a.atMs - b.atMs);
}

function makeChanges(
  random: Random,
  processes: readonly string[],
  orders: readonly string[],
  customers: readonly string[],
): PlannedChange[] {
  let n = 0;
  const fact = (): PlannedFact => {
    n += 1;
    if (customers.length > 0 && random.chance(0.4))
      return { n, entity: random.pick(customers), kind: 'customer', delta: random.integer(1, 9) };
    const kind = random.chance(0.12) ? 'seen' : 'changed';
    return { n, entity: random.pick(orders), kind, delta: random.integer(1, 9) };
  };
  const burst = random.chance(0.3);
  const count = random.chance(0.08) ? random.integer(30, 60) : random.integer(3, 14);
  return Array.from({ length: count }, () => {
    const facts = Array.from({ length: random.chance(0.6) ? 1 : random.integer(2, 4) }, fact);
    return {
      atMs: burst ? random.between(200, 900) : random.between(0, BUSY_MS),
      process: random.pick(processes),
      facts,
      undone: random.chance(0.08) ? fact() : undefined,
      openMs: random.chance(0.6) ? 0 : random.chance(0.5) ? random.between(1, 50) : random.between(50, 1_500),
      end: random.chance(0.85) ? 'commit' : random.chance(0.7) ? 'rollback' : 'prepare',
    } as const;
  }).toSorted((a, b) => a.atMs - b.atMs);
}

/** Entities of which somebody reads snapshots. */
function snapshotted(
  consumers: readonly ConsumerName[],
  orders: readonly string[],
  customers: readonly string[],
): readonly string[] {
  return [
    ...(consumers.includes('shop.orders') ? orders : []),
    ...(consumers.includes('shop.dependent') ? customers : []),
  ];
}

function makeSnapshots(random: Random, processes: readonly string[], entities: readonly string[]): PlannedSnapshot[] {
  if (entities.length === 0) return [];
  return Array.from({ length: random.pick([0, 4, 8, 12]) }, () => ({
    atMs: random.between(100, BUSY_MS),
    process: random.pick(processes),
    entity: random.pick(entities),
  })).toSorted((a, b) => a.atMs - b.atMs);
}

/** None where a projection reads: an event that cannot be read is a hole in its copy, as the guide says. */
function undecodableFacts(
  random: Random,
  consumers: readonly ConsumerName[],
  facts: readonly PlannedFact[],
): readonly number[] {
  const projections: readonly ConsumerName[] = ['shop.orders', 'shop.totals', 'shop.dependent'];
  if (consumers.some((name) => projections.includes(name)) || random.chance(0.5)) return [];
  return facts.filter(() => random.chance(0.08)).map(({ n }) => n);
}

function makeFailures(
  random: Random,
  consumers: readonly ConsumerName[],
  facts: readonly PlannedFact[],
): PlannedFailure[] {
  const share = random.pick([0, 0.05, 0.2]);
  return consumers.flatMap((consumer) =>
    facts
      .filter(() => random.chance(share))
      .map(({ n }) => ({
        consumer,
        n,
        how: random.chance(0.12)
          ? ('terminal' as const)
          : random.pick(['retryable', 'unknown', 'pause', 'slow', 'after its writes'] as const),
        times: random.integer(1, 3),
      })),
  );
}

function makeFaults(
  random: Random,
  processes: readonly string[],
  consumers: readonly ConsumerName[],
  entities: readonly string[],
): PlannedFault[] {
  return Array.from({ length: random.pick([0, 1, 2, 4, 7]) }, (): PlannedFault => {
    const atMs = random.between(50, BUSY_MS + 200);
    const process = random.pick(processes);
    const forMs = random.chance(0.5) ? random.between(10, 500) : random.between(500, 4_000);
    const dice = random.next();
    if (dice < 0.25) return { kind: 'kill', atMs, process, forMs };
    if (dice < 0.5) return { kind: 'freeze', atMs, process, forMs };
    if (dice < 0.58) return { kind: 'stop', atMs, process, forMs };
    if (dice < 0.72) return { kind: 'cut', atMs, process, server: random.pick(servers), forMs: forMs / 2 };
    if (dice < 0.87)
      return { kind: 'crash', atMs, server: random.pick(['orders-db', 'shop-db', 'log']), forMs: forMs / 4 };
    if (dice < 0.97) return { kind: 'rebalance', atMs, consumer: random.pick(consumers) };
    return { kind: 'garbage', atMs, entity: random.pick(entities) };
  }).toSorted((a, b) => a.atMs - b.atMs);
}

function someOf<T>(random: Random, all: readonly T[], count: number): T[] {
  return all
    .map((each) => ({ each, rank: random.next() }))
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, count)
    .map(({ each }) => each);
}
