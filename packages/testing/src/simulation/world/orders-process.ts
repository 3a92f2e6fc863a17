import { createOutbox, fact, type Outbox, startRelay } from '@waybill/messaging';
import { MemoryClient, MemoryConnection } from '../../memory/database/memory-client.ts';
import { memoryPublisher } from '../../memory/log/memory-publisher.ts';
import { memoryOutbox } from '../../memory/publishing/memory-outbox.ts';
import { memoryNotifier, memoryRelayStore } from '../../memory/publishing/memory-relay-store.ts';
import { EPOCH_MS, type SimulatedProcess } from '../kernel/simulated-process.ts';
import type { PlannedChange, PlannedFact } from '../plan/plan.ts';
import { customerChanged, orderChanged, orderSeen } from './contracts.ts';
import { CHANGE, schemaIds, snapshotEntry } from './domain.ts';
import { losingSchemas } from './undecodable.ts';
import { watchedPublisher } from './watched-publisher.ts';
import { silent, type World } from './world.ts';

/** What the world asks of a service's process. */
export interface RunningProcess {
  readonly process: SimulatedProcess;
  change(change: PlannedChange): void;
  snapshot(entity: string): void;
  stop(): Promise<void>;
}

class Undone extends Error {}

const kinds = { changed: orderChanged, seen: orderSeen, customer: customerChanged } as const;

/** Starts the producing service: its relay, and what writes. */
export function startOrders(world: World, process: SimulatedProcess, incarnation: number): RunningProcess {
  const database = world.orders;
  const client = new MemoryClient(database, process.wire('orders-db'));
  const store = losingSchemas(memoryOutbox(database), world);
  const relayName = `${process.name}.${incarnation}`;
  const relay = startRelay({
    store: memoryRelayStore(client),
    publisher: watchedPublisher(memoryPublisher(world.log, process.wire('log')), {
      world,
      database,
      relayName,
      process,
    }),
    log: silent,
    name: relayName,
    leaseMs: world.plan.leaseMs,
    batchRows: world.plan.batchRows,
    clock: process.clock,
  });
  const notifier = memoryNotifier(client);
  const outbox = createOutbox({
    store,
    schemaIds,
    source: '/waybill/orders',
    wake: () => {
      relay.wake();
      notifier.wake();
    },
    now: () => new Date(process.clock.now()),
    newId: () => world.newEventId(),
  });
  const hopefully = (work: Promise<unknown>): void => void work.catch(() => undefined);

  return {
    process,
    change: (change) =>
      hopefully(
        change.end === 'prepare'
          ? prepareChange(world, process, outbox, change)
          : commitChange(client, process, outbox, change),
      ),
    snapshot: (entity) =>
      hopefully(
        client.transaction(async (connection) => {
          await connection.run('lock snapshots', (tx) => tx.advisoryLock('snapshots'));
          const envelope = { id: world.newEventId(), time: new Date(EPOCH_MS + world.now) };
          const entry = await connection.run('take a snapshot', (tx) => snapshotEntry(tx, entity, envelope));
          if (entry !== undefined) await store.append(connection, [entry]);
        }),
      ),
    stop: async () => relay.stop(3_000),
  };
}

async function commitChange(
  client: MemoryClient,
  process: SimulatedProcess,
  outbox: Outbox,
  change: PlannedChange,
): Promise<void> {
  await client.transaction(async (connection) => {
    await writeChange(connection, process, outbox, change);
    if (change.end === 'rollback') throw new Undone();
  });
  outbox.wake();
}

/** Two-phase commit: the transaction outlives its connection, and its server's crash. */
async function prepareChange(
  world: World,
  process: SimulatedProcess,
  outbox: Outbox,
  change: PlannedChange,
): Promise<void> {
  const connection = await MemoryConnection.open(world.orders, process.wire('orders-db'));
  try {
    await connection.begin();
    await writeChange(connection, process, outbox, change);
    await connection.prepare((tx) => {
      world.scheduler.after(1_000 + change.openMs, 'COMMIT PREPARED', () => tx.commit());
    });
  } finally {
    connection.close();
  }
}

async function writeChange(
  connection: MemoryConnection,
  process: SimulatedProcess,
  outbox: Outbox,
  { facts, undone, openMs }: PlannedChange,
): Promise<void> {
  if (undone !== undefined) {
    await connection
      .savepoint(async () => {
        await writeFacts(connection, outbox, [undone]);
        throw new Undone();
      })
      .catch((error: unknown) => {
        if (!(error instanceof Undone)) throw error;
      });
  }
  await writeFacts(connection, outbox, facts);
  if (openMs > 0) await process.clock.sleep(openMs);
}

async function writeFacts(connection: MemoryConnection, outbox: Outbox, facts: readonly PlannedFact[]): Promise<void> {
  // In one order, as careful services do; those of one entity keep theirs.
  for (const each of facts.toSorted((a, b) => (a.entity < b.entity ? -1 : a.entity > b.entity ? 1 : a.n - b.n))) {
    await connection.query(CHANGE, [each]);
  }
  await outbox.publishAll(
    connection,
    facts.map(({ n, entity, kind, delta }) =>
      fact(kinds[kind], { aggregateId: entity, data: { n, delta, customer: `customer-${1 + (n % 2)}` } }),
    ),
  );
}
