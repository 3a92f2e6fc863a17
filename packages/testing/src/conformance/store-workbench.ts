import type { InboxStore, OutboxStore, Queryable, RelayStore } from '@waybill/messaging';
import type { TestApi } from './workbench.ts';

/** What an implementation of the stores gives their conformance suites. */
export interface StoreWorkbench {
  /** An empty database; the suite closes it. */
  open(): Promise<StoreDatabase>;
}

/** One database, as several processes use it. */
export interface StoreDatabase {
  /** The consuming side's store, as a process of its own has it. */
  inbox(): InboxStore;
  readonly outbox: OutboxStore;
  /** The relay's store, as a process of its own has it. */
  relayStore(): RelayStore;
  /** A transaction of a writer, at READ COMMITTED. */
  begin(): Promise<OpenTransaction>;
  /** Makes it `ms` later for all that is stored: leases, claims and due times are that much nearer to their end. */
  pass(ms: number): Promise<void>;
  /** How many transactions wait for a lock that another has. */
  waiting(): Promise<number>;
  /** Ends every connection: what is not committed is rolled back, and what is asked of them fails. */
  cutConnections(): Promise<void>;
  close(): Promise<void>;
}

/** A transaction that the test begins and ends by itself. Ending it again does nothing. */
export interface OpenTransaction extends Queryable {
  commit(): Promise<void>;
  rollback(): Promise<void>;
  /** Runs `work` after a savepoint; `undo` rolls back to it afterwards, `keep` releases it. */
  savepoint(work: () => Promise<void>, then: 'undo' | 'keep'): Promise<void>;
}

/** What the parts of a store's suite are registered with. */
export interface StoreSuite {
  readonly expect: TestApi['expect'];
  /** Registers a test that gets an empty database. */
  test(title: string, run: (database: StoreDatabase) => Promise<void>): void;
}

export function storeSuite({ it, expect }: TestApi, workbench: () => StoreWorkbench): StoreSuite {
  return {
    expect,
    test(title, run) {
      it(title, async () => {
        const database = await workbench().open();
        try {
          await run(database);
        } finally {
          await database.close();
        }
      });
    },
  };
}
