import { readDatabase } from '../../loading/rows.ts';
import type { Audit } from '../evidence.ts';
import { readEntities, readParked, readPositions } from './tables.ts';

/** Looks at how far the consumers of a database are, at one snapshot of it. */
export async function takeAudit(database: string, url: string): Promise<Audit> {
  return readDatabase(url, async (rows) => {
    const [moment] = await rows(`SELECT pg_current_snapshot()::text AS snapshot, now() AS at`, (row) => ({
      snapshot: row.text('snapshot'),
      at: row.date('at'),
    }));
    if (moment === undefined) throw new Error('The database named no snapshot.');
    return {
      ...moment,
      database,
      positions: await readPositions(rows),
      entities: await readEntities(rows),
      parked: (await readParked(rows)).map(({ consumer, eventId, place }) => ({ consumer, eventId, place })),
    };
  });
}
