import type { Queryable } from '@waybill/messaging';
import { readAudit } from '@waybill/postgres';
import type { ParkedEntry } from './api.ts';
import { entryOf } from './entry-commands.ts';
import type { EventBodies } from './event-body.ts';
import { auditView, defined, parkedView } from './views.ts';

const HISTORY_SHOWN = 100;
/** Headers that tell what an event is; baggage and strangers' headers may hold anything, and are not shown. */
const shownHeaders = /^(?:ce_[a-z]+|content-type|traceparent|tracestate)$/;

/** Everything about one parked entry that a person who mends it wants to see. */
export async function entryView(
  db: Queryable,
  bodies: EventBodies,
  id: string,
  sight: 'masked' | 'unmasked',
): Promise<ParkedEntry> {
  const entry = await entryOf(db, id);
  const { type, headers, value } = entry;
  const body = await bodies.show(value, type, sight);
  const edits = await Promise.all(
    entry.edits.map(async (edit) => {
      const [before, after] = [
        await bodies.show(edit.original, type, sight),
        await bodies.show(edit.edited, type, sight),
      ];
      return defined({
        at: edit.at.toISOString(),
        actor: edit.actor,
        // The bytes go after a time; what was shown of them stays.
        before: before.kind === 'readable' ? before.data : edit.shown?.before,
        after: after.kind === 'readable' ? after.data : edit.shown?.after,
      });
    }),
  );
  const history = await readAudit(db, { after: 0, limit: HISTORY_SHOWN, order: 'newest', target: `parked/${id}` });
  return defined({
    ...parkedView(entry),
    errorType: entry.errorType,
    stack: entry.stack,
    topic: entry.topic,
    partition: entry.partition,
    offset: entry.offset,
    headers: Object.fromEntries(Object.entries(headers).filter(([name]) => shownHeaders.test(name))),
    traceId: headers['traceparent']?.split('-')[1],
    causationId: headers['ce_causationid'],
    applied: entry.applied,
    waitsFor: entry.waitsFor,
    call: entry.call,
    ...(body.kind === 'readable'
      ? { data: body.data, schema: body.schema, masked: [...body.masked] }
      : { unreadable: body.why, masked: [] }),
    attemptsMade: entry.attemptsMade.map((attempt) => ({ ...attempt, at: attempt.at.toISOString() })),
    queue: entry.queue.map(parkedView),
    edits,
    history: history.map((one) => auditView(one)),
  });
}
