import type { Json } from '@waybill/contracts';
import { maskPersonal, personalPathsOf } from '@waybill/contracts';
import {
  type ApprovalRow,
  auditEntries,
  listApprovals,
  parkedDetails,
  readAudit,
  shownEdits,
  traceSteps,
  transaction,
  verifyAudit,
} from '@waybill/postgres';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { ServedEndpoint } from '../http/routes.ts';
import { decide } from './approval-commands.ts';
import { commanding, type Desk, reading } from './desk.ts';
import * as endpoints from './endpoints.ts';
import { allowedTo } from './identity.ts';
import { approvalView, auditView, defined, editOf, record, traceView } from './views.ts';

const ENTITIES_ASKED = 50;

/** What waits for a second person, what was done by whom, and what became of an event. */
export function accountabilityRoutes(desk: Desk): readonly ServedEndpoint[] {
  const { db } = desk;
  return [
    reading(endpoints.getApprovals, 'read', async ({ query }) => {
      const rows = await listApprovals(db, query.state);
      const approvals = await Promise.all(rows.map(async (row) => approvalView(row, await shownRequest(desk, row))));
      return { status: 200, body: { approvals } };
    }),
    commanding(desk, endpoints.postDecision, 'approve', async (tx, { params, body }, identity) => {
      const decided = { id: params.id, decision: body.decision, note: body.note };
      const result = await decide(tx, desk, identity, decided);
      if (result.job !== undefined) await desk.enqueue(tx, result.job);
      return result;
    }),
    reading(endpoints.getAudit, 'audit', async ({ query }) => {
      const entries = await readAudit(db, query);
      const diffs = await shownEdits(
        db,
        entries.map(editOf).filter((edit) => edit !== undefined),
      );
      const next = entries.length === query.limit ? entries.at(-1)?.seq : undefined;
      return { status: 200, body: defined({ entries: entries.map((entry) => auditView(entry, diffs)), next }) };
    }),
    reading(endpoints.getVerdict, 'audit', async () => {
      const { head, entries, problem } = await transaction(db, verifyAudit, { mode: 'one-snapshot' });
      return {
        status: 200,
        body: defined({ verdict: problem === undefined ? 'intact' : 'broken', entries, head, problem }),
      };
    }),
    {
      endpoint: endpoints.getExport,
      handler: async (request, response) => {
        allowedTo('audit', request);
        response.setHeader('Content-Type', 'application/x-ndjson');
        await pipeline(Readable.from(lines(desk)), response);
      },
    },
    reading(endpoints.getTrace, 'read', async ({ query: { id, entities } }) => {
      const named = entities
        ?.split(',')
        .filter((one) => one !== '')
        .slice(0, ENTITIES_ASKED);
      const { correlationIds, steps, cut } = await traceSteps(db, id, named);
      return { status: 200, body: { correlationIds, steps: steps.map(traceView), cut } };
    }),
  ];
}

async function* lines({ db }: Desk): AsyncGenerator<string> {
  for await (const entry of auditEntries(db)) yield `${JSON.stringify(auditView(entry))}\n`;
}

/** What was asked for, with what is masked in the entry masked here too. */
async function shownRequest(
  { db, bodies }: Desk,
  { request, operation }: ApprovalRow,
): Promise<Record<string, unknown>> {
  const asked = record(request);
  if (operation !== 'edit') return asked;
  const { data, ...rest } = asked;
  const entry = await parkedDetails(db, String(asked['id']));
  const body = entry === undefined ? undefined : await bodies.show(entry.value, entry.type, 'masked');
  // Without the entry nothing says what in it is personal.
  if (body?.kind !== 'readable' || data === undefined) return rest;
  const paths = [...new Set([...personalPathsOf(body.schema), ...body.masked])];
  return { ...rest, before: body.data, data: maskPersonal(data as Json, paths) };
}
