import type { Json } from '@waybill/contracts';
import { needsSecondPerson } from '@waybill/messaging';
import { failureGroups, listParked } from '@waybill/postgres';
import type { ServedEndpoint } from '../http/routes.ts';
import { askFor, needSight } from './approval-commands.ts';
import { commanding, consumerNamed, type Desk, reading } from './desk.ts';
import * as endpoints from './endpoints.ts';
import { assignTo, entryOf, noteOnEntry, passGapBefore, redriveEntry, skipEntry } from './entry-commands.ts';
import { entryView } from './entry-view.ts';
import { noteDone } from './performed.ts';
import { defined, failureGroupView, parkedView } from './views.ts';

/** Failures, parked entries, and what is done with one of them. */
export function entryRoutes(desk: Desk): readonly ServedEndpoint[] {
  const { db, bodies, facts } = desk;
  return [
    reading(endpoints.getFailures, 'read', async ({ query }) => {
      const groups = await failureGroups(db, query.consumer);
      return { status: 200, body: { groups: groups.map(failureGroupView) } };
    }),
    reading(endpoints.getParked, 'read', async ({ query: { after, limit, ...filter } }) => {
      const { entries, total } = await listParked(db, filter, { after, limit });
      const next = entries.length === limit ? entries.at(-1)?.id : undefined;
      return { status: 200, body: defined({ entries: entries.map(parkedView), total, next }) };
    }),
    reading(endpoints.getEntry, 'read', async ({ params: { id }, query: { unmask } }, identity) => {
      if (unmask === undefined) return { status: 200, body: await entryView(db, bodies, id, 'masked') };
      // Each look is written down, and nobody sees anything that is not.
      const body = await desk.transaction(async (tx) => {
        await needSight(tx, unmask, id, identity);
        const seen = await entryView(tx, bodies, id, 'unmasked');
        const by = { actor: identity.actor, approvedBy: undefined };
        const details = { approval: unmask, eventId: seen.eventId };
        await noteDone(tx, by, { action: 'parked.see', target: `parked/${id}`, details, result: 'seen' });
        return seen;
      });
      return { status: 200, body };
    }),
    commanding(desk, endpoints.postRedrive, 'redrive', async (tx, { params, body }, { actor }) =>
      noteDone(tx, alone(actor), await redriveEntry(tx, params.id, body.reason), facts),
    ),
    commanding(desk, endpoints.postSkip, 'skip', async (tx, { params: { id }, body: { reason } }, identity) => {
      const { consumer } = await entryOf(tx, id);
      const { criticality } = consumerNamed(desk, consumer);
      if (needsSecondPerson({ operation: 'skip', criticality }))
        return askFor(tx, identity, { operation: 'skip', id, reason });
      return noteDone(tx, alone(identity.actor), await skipEntry(tx, desk.definitions, id, reason), facts);
    }),
    commanding(desk, endpoints.postPassGap, 'skip', async (tx, { params, body }, { actor }) =>
      noteDone(tx, alone(actor), await passGapBefore(tx, params.id, body.reason), facts),
    ),
    commanding(desk, endpoints.postEdit, 'edit', async (tx, { params: { id }, body: { data, reason } }, identity) => {
      const { value, type } = await entryOf(tx, id);
      // What cannot be an event of this type is refused now, and not when somebody has agreed to it.
      await bodies.edit(value, type, data as Json);
      return askFor(tx, identity, { operation: 'edit', id, data, reason });
    }),
    commanding(desk, endpoints.postNote, 'note', async (tx, { params, body }, { actor }) =>
      noteDone(tx, alone(actor), await noteOnEntry(tx, params.id, body.text)),
    ),
    commanding(desk, endpoints.postAssign, 'assign', async (tx, { params, body }, { actor }) =>
      noteDone(tx, alone(actor), await assignTo(tx, params.id, body.assignee)),
    ),
    commanding(desk, endpoints.postUnmask, 'unmask', async (tx, { params: { id }, body: { reason } }, identity) => {
      await entryOf(tx, id);
      return askFor(tx, identity, { operation: 'unmask', id, reason });
    }),
  ];
}

function alone(actor: string) {
  return { actor, approvedBy: undefined };
}
