import { setTimeout as pause } from 'node:timers/promises';
import { BEGINNING } from '@waybill/messaging';
import fc from 'fast-check';
import { meanwhile } from '../concurrency.ts';
import type { StoreDatabase, StoreSuite } from '../store-workbench.ts';
import { append, committed, connected, cursorAt, everything, poll } from './arranging.ts';
import { CursorReader } from './cursor-reader.ts';
import { type Command, commands, Writers } from './writers.ts';

/** A reader that goes on from snapshot to snapshot gets every committed event, each aggregate's in order, once. */
export function relayReading({ test, expect }: StoreSuite): void {
  test('gets every event that is committed, in order, whatever writers and the reader do in turn', async (database) => {
    let run = 0;
    await connected(database, async (session) => {
      const property = fc.asyncProperty(commands, async (plan) => {
        run += 1;
        const { snapshot } = await poll(session, BEGINNING);
        const reader = new CursorReader(session, cursorAt(snapshot));
        const writers = new Writers(database, `run-${run}`);
        try {
          for (const command of plan) await perform(command, writers, reader);
          await writers.commitAll();
        } finally {
          await writers.rollbackAll();
        }
        await reader.toTheEnd(3);
        expect(reader.firstArrivals()).toEqual(writers.committedVersions());
        const hasCrashed = plan.some(({ kind }) => kind === 'crash');
        const distinct = new Set(reader.rows.map(({ id }) => id));
        if (!hasCrashed) expect(reader.rows).toHaveLength(distinct.size);
      });
      await fc.assert(property, { numRuns: 25 });
    });
  });

  for (const limit of [1, 3, 1_000]) {
    test(`gets what late and concurrent writers commit, in order, ${limit} at a time`, async (database) => {
      await connected(database, async (session) => {
        const reader = new CursorReader(session, cursorAt(BEGINNING));
        const writing = Array.from({ length: 10 }, async (_, writer) => writeNow(database, writer));
        await meanwhile(Promise.all(writing), async () => reader.step(limit));
        await reader.toTheEnd(limit);
        const byId = Map.groupBy(await everything(database), ({ aggregateId }) => aggregateId);
        expect(byId.size).toBeGreaterThan(6);
        const expected = [...byId].map(([id, rows]) => [id, rows.map((_, index) => index + 1)] as const);
        expect(reader.firstArrivals()).toEqual(Object.fromEntries(expected));
        expect(reader.rows).toHaveLength([...byId.values()].flat().length);
      });
    });
  }
}

async function perform(command: Command, writers: Writers, reader: CursorReader): Promise<void> {
  switch (command.kind) {
    case 'write':
      return writers.write(command);
    case 'end':
      return writers.end(command.writer, command.how);
    case 'read':
      await reader.step(command.limit);
      if (command.saved) reader.save();
      return undefined;
    case 'crash':
      return reader.crash();
  }
}

/** Transactions that pause while they are open, use savepoints, and give up now and then. */
async function writeNow(database: StoreDatabase, writer: number): Promise<void> {
  for (let round = 0; round < 12; round += 1) {
    const tx = await database.begin();
    await append(database, tx, `a-${(writer * 7 + round * 3) % 8}`);
    if (round % 3 === 0) {
      const own = async (): Promise<void> => void (await append(database, tx, `own-${writer}`));
      await tx.savepoint(own, round % 2 === 0 ? 'undo' : 'keep');
    }
    if (writer % 3 === 0) await pause(Math.random() * 25);
    await (round % 5 === 4 ? tx.rollback() : tx.commit());
  }
  await committed(database, `last-${writer}`);
}
