import type { ServedEndpoint } from '../http/routes.ts';
import { askFor } from './approval-commands.ts';
import { commanding, type Desk } from './desk.ts';
import * as endpoints from './endpoints.ts';
import { noteDone } from './performed.ts';
import { askSwap, discardRetired, needReady } from './rebuild-commands.ts';

/** What is done with a rebuild beside steering it as any job: swapping it in, and taking the old tables away. */
export function rebuildRoutes(desk: Desk): readonly ServedEndpoint[] {
  return [
    commanding(desk, endpoints.postSwap, 'jobs', async (tx, { params: { id }, body: { reason } }, identity) => {
      const { needsApproval } = await needReady(tx, desk.definitions, id);
      if (needsApproval) return askFor(tx, identity, { operation: 'swap', id, reason });
      const by = { actor: identity.actor, approvedBy: undefined };
      const asked = await askSwap(tx, desk.definitions, { id, reason }, by);
      await desk.enqueue(tx, id);
      return noteDone(tx, by, asked);
    }),
    commanding(desk, endpoints.postDiscard, 'jobs', async (tx, { params: { id }, body: { reason } }, { actor }) =>
      noteDone(tx, { actor, approvedBy: undefined }, await discardRetired(tx, id, reason)),
    ),
  ];
}
