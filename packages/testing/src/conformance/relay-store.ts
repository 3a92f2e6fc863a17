import { relayBacklogs } from './publishing/backlogs.ts';
import { relayCursors } from './publishing/cursors.ts';
import { relayLeases } from './publishing/leases.ts';
import { relayPolls } from './publishing/polls.ts';
import { relayReading } from './publishing/reading.ts';
import { relaySessions } from './publishing/sessions.ts';
import { storeSuite, type StoreWorkbench } from './store-workbench.ts';
import type { TestApi } from './workbench.ts';

/**
 * What every `RelayStore` must do, with the `OutboxStore` of the same database.
 * @example relayStoreConformance({ describe, it, expect }, 'PostgreSQL', () => workbench);
 */
export function relayStoreConformance(api: TestApi, name: string, workbench: () => StoreWorkbench): void {
  const suite = storeSuite(api, workbench);
  api.describe(`${name} as the relay’s store`, () => {
    api.describe('a poll', () => relayPolls(suite));
    api.describe('a backlog', () => relayBacklogs(suite));
    api.describe('reading on from cursor to cursor', () => relayReading(suite));
    api.describe('a lease', () => relayLeases(suite));
    api.describe('a cursor', () => relayCursors(suite));
    api.describe('a session', () => relaySessions(suite));
  });
}
