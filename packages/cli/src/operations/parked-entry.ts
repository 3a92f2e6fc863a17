import { assignBody, commandResult, noteBody, parkedEntry, passGapBody, skipBody } from '@waybill/service/operations';
import { checked } from './checked.ts';
import type { OperationsClient } from './client.ts';
import { entryId } from './entry-id.ts';
import { commanded, type Outcome, shown } from './outcome.ts';
import { entryLines } from './printing/entry-lines.ts';
import type { Session } from './session.ts';

/** Shows one parked entry with everything that is known of it. */
export async function showParked(session: Session, service: string, id: string): Promise<Outcome> {
  const entry = await session.client(service).get(`/parked/${entryId(id)}`, parkedEntry);
  return shown(entryLines(service, entry, session.view()), { service, ...entry });
}

/** Gives a dead event up. It cannot be undone, so it is asked before. */
export async function skipParked(
  session: Session,
  client: OperationsClient,
  id: string,
  givenReason: string | undefined,
): Promise<Outcome> {
  const entry = await client.get(`/parked/${entryId(id)}`, parkedEntry);
  const { type, version, aggregateId, consumer, behind } = entry;
  const what = type === '' ? 'A record that is no event' : `${type}, version ${version} of ${aggregateId}`;
  session.screen.line(`${what}: ${consumer} would never handle it.`);
  if (behind > 0) session.screen.line(`${behind} of its entity wait behind it, and would go on.`);
  const body = checked(skipBody, { reason: await session.questions.reason(givenReason) });
  await session.questions.confirm('Skip it? This cannot be undone.');
  const result = await client.post(`/parked/${id}/skip`, body, commandResult);
  return commanded(client.service, result, `entry ${id} is skipped`);
}

/** Goes on from a dead event before which versions are missing. It cannot be undone, so it is asked before. */
export async function passGapParked(
  session: Session,
  client: OperationsClient,
  id: string,
  givenReason: string | undefined,
): Promise<Outcome> {
  const entry = await client.get(`/parked/${entryId(id)}`, parkedEntry);
  const { aggregateId, applied, version, consumer } = entry;
  session.screen.line(
    `${consumer} would go on with ${aggregateId} from version ${version}; it has applied ${applied}.`,
  );
  const body = checked(passGapBody, { reason: await session.questions.reason(givenReason) });
  await session.questions.confirm('Pass over the versions between? This cannot be undone.');
  const result = await client.post(`/parked/${id}/pass-gap`, body, commandResult);
  return commanded(client.service, result, `the gap before entry ${id} is passed`);
}

/** Writes a note on an entry. */
export async function noteParked(client: OperationsClient, id: string, text: string): Promise<Outcome> {
  const result = await client.post(`/parked/${entryId(id)}/note`, checked(noteBody, { text }), commandResult);
  return commanded(client.service, result, `the note is on entry ${id}`);
}

/** Gives an entry to somebody, or to nobody. */
export async function assignParked(client: OperationsClient, id: string, name: string | undefined): Promise<Outcome> {
  const body = checked(assignBody, { assignee: name ?? null });
  const result = await client.post(`/parked/${entryId(id)}/assign`, body, commandResult);
  return commanded(client.service, result, name === undefined ? `nobody has entry ${id}` : `${name} has entry ${id}`);
}
