import { inboxClaims } from './inbox/claims.ts';
import { inboxEntities } from './inbox/entities.ts';
import { inboxParking } from './inbox/parking.ts';
import { inboxPositions } from './inbox/positions.ts';
import { inboxQueues } from './inbox/queues.ts';
import { inboxTransactions } from './inbox/transactions.ts';
import { inboxWaiting } from './inbox/waiting.ts';
import { storeSuite, type StoreWorkbench } from './store-workbench.ts';
import type { TestApi } from './workbench.ts';

/**
 * What every `InboxStore` must do.
 * @param workbench called when a test begins.
 * @example inboxConformance({ describe, it, expect }, 'PostgreSQL', () => workbench);
 */
export function inboxConformance(api: TestApi, name: string, workbench: () => StoreWorkbench): void {
  const suite = storeSuite(api, workbench);
  api.describe(`${name} as an inbox`, () => {
    api.describe('a transaction', () => inboxTransactions(suite));
    api.describe('a position', () => inboxPositions(suite));
    api.describe('an entity', () => inboxEntities(suite));
    api.describe('an entity that others wait for', () => inboxWaiting(suite));
    api.describe('a parked event', () => inboxParking(suite));
    api.describe('the queue of an entity', () => inboxQueues(suite));
    api.describe('a claim on parked events', () => inboxClaims(suite));
  });
}
