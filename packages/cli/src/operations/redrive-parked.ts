import { commandResult, type ParkedEntry, parkedEntry, redriveBody } from '@waybill/service/operations';
import { beginJob } from './begin-job.ts';
import { checked } from './checked.ts';
import type { OperationsClient } from './client.ts';
import { oldestFirst } from './entry-id.ts';
import { RefusedError, SilentServiceError, UsageError } from './errors.ts';
import { type Ending, worstOf } from './exit-codes.ts';
import { commanded, type Outcome } from './outcome.ts';
import { totalsOf } from './parked-pages.ts';
import { entriesPhrase, oldestOf, parkedLines } from './printing/parked-lines.ts';
import { errorJson, errorLines } from './printing/problem-lines.ts';
import { type PaceFlags, redriveJob, type SelectionFlags } from './selection.ts';
import type { Session } from './session.ts';

/** How entries are chosen, and why and how they are tried again. */
export interface RedriveFlags extends SelectionFlags, PaceFlags {
  readonly all?: true;
  readonly dryRun?: true;
  readonly reason?: string;
}

/**
 * Has entries tried again: one at once, several that were named after a question, and what options select as a job.
 * @throws UsageError when both ids and options are given, or neither.
 */
export async function redriveParked(
  session: Session,
  service: string,
  ids: readonly string[],
  flags: RedriveFlags,
): Promise<Outcome> {
  const client = session.client(service);
  const named = oldestFirst(ids);
  const [first] = named;
  if (first === undefined) {
    const reason = await session.questions.reason(flags.reason);
    return beginJob(session, client, redriveJob(flags, reason), flags.dryRun === true ? 'dry run only' : 'begin');
  }
  const jobOption = jobOptions.find((name) => flags[name] !== undefined);
  if (jobOption !== undefined)
    throw new UsageError('Ids say which entries, and options select for a job. Give one or the other.');
  return named.length === 1
    ? redriveOne(client, first, flags.reason)
    : redriveSome(session, client, named, flags.reason);
}

const jobOptions = [
  ...(['consumer', 'fingerprint', 'type', 'entity', 'correlation', 'all'] as const),
  ...(['rate', 'canary', 'dryRun'] as const),
];

async function redriveOne(client: OperationsClient, id: string, reason: string | undefined): Promise<Outcome> {
  const body = checked(redriveBody, reason === undefined ? {} : { reason });
  const result = await client.post(`/parked/${id}/redrive`, body, commandResult);
  return commanded(client.service, result, `entry ${id} is tried again`);
}

/**
 * Has entries tried again that were named, the oldest first; shows them and asks before. One that is refused does not
 * keep the others from it.
 */
async function redriveSome(
  session: Session,
  client: OperationsClient,
  ids: readonly string[],
  reason: string | undefined,
): Promise<Outcome> {
  const entries: ParkedEntry[] = [];
  for (const id of ids) entries.push(await client.get(`/parked/${id}`, parkedEntry));
  const rows = entries.map((entry) => ({ ...entry, service: client.service }));
  const list = { rows, totals: totalsOf(rows), oldestAt: oldestOf(rows), extent: 'a selection' } as const;
  for (const line of parkedLines(list, session.view())) session.screen.line(line);
  await session.questions.confirm(`Try ${entriesPhrase(entries)} again?`);
  const results: Outcome[] = [];
  for (const { id } of entries) results.push(await attempted(session, client, id, reason));
  return together(client.service, results);
}

async function attempted(
  session: Session,
  client: OperationsClient,
  id: string,
  reason: string | undefined,
): Promise<Outcome> {
  try {
    const outcome = await redriveOne(client, id, reason);
    return { ...outcome, json: { id, ...outcome.json } };
  } catch (error) {
    if (!(error instanceof RefusedError || error instanceof SilentServiceError)) throw error;
    const lines = [`Entry ${id} was not tried again:`, ...errorLines(error, session.colours)];
    return { ending: 'failed', lines, json: { id, result: 'failed', error: errorJson(error) } };
  }
}

/** Several outcomes as one: it ends as the worst of them did. */
export function together(service: string, outcomes: readonly Outcome[]): Outcome {
  const ending: Ending = worstOf(outcomes.map((outcome) => outcome.ending));
  return {
    ending,
    lines: outcomes.flatMap(({ lines }) => lines),
    json: { result: ending, service, entries: outcomes.map(({ json }) => json) },
  };
}
