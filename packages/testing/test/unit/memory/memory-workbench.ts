import type { OpenTransaction, StoreDatabase, StoreWorkbench } from '../../../src/index.ts';
import {
  databaseClock,
  MemoryClient,
  MemoryConnection,
  MemoryDatabase,
  memoryInbox,
  memoryOutbox,
  memoryRelayStore,
} from '../../../src/memory/index.ts';

/** The stores' conformance suites in memory. */
export const memoryWorkbench: StoreWorkbench = {
  async open() {
    let ahead = 0;
    return memoryDatabase(
      new MemoryDatabase({ clock: { now: () => databaseClock.now() + ahead } }),
      (ms) => (ahead += ms),
    );
  },
};

function memoryDatabase(database: MemoryDatabase, pass: (ms: number) => void): StoreDatabase {
  const client = new MemoryClient(database);
  return {
    inbox: () => memoryInbox(client),
    outbox: memoryOutbox(database),
    relayStore: () => memoryRelayStore(client),
    begin: () => openTransaction(database),
    pass: async (ms) => pass(ms),
    waiting: async () => database.waiting,
    cutConnections: async () => database.cutConnections(),
    close: async () => undefined,
  };
}

async function openTransaction(database: MemoryDatabase): Promise<OpenTransaction> {
  const connection = await MemoryConnection.open(database);
  await connection.begin();
  let isOpen = true;
  const end = async (how: () => Promise<void>): Promise<void> => {
    if (!isOpen) return;
    isOpen = false;
    await how();
    connection.close();
  };
  return {
    query: async (sql, params) => connection.query(sql, params),
    commit: async () => end(() => connection.commit()),
    rollback: async () => end(() => connection.rollback()),
    async savepoint(work, then) {
      const undone = new Error('undo');
      await connection
        .savepoint(async () => {
          await work();
          if (then === 'undo') throw undone;
        })
        .catch((error: unknown) => {
          if (error !== undone) throw error;
        });
    },
  };
}
