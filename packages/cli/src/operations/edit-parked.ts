import { readFile } from 'node:fs/promises';
import { commandResult, editBody, type ParkedEntry, parkedEntry } from '@waybill/service/operations';
import { checked } from './checked.ts';
import type { OperationsClient } from './client.ts';
import { type DataChange, diffOf } from './data-diff.ts';
import { editedText } from './editor.ts';
import { entryId } from './entry-id.ts';
import { RefusedError, UsageError } from './errors.ts';
import { commanded, type Outcome, shown } from './outcome.ts';
import { diffLines } from './printing/diff-lines.ts';
import { printable } from './printing/printable.ts';
import { errorLines } from './printing/problem-lines.ts';
import type { Session } from './session.ts';

type Data = Readonly<Record<string, unknown>>;

export interface EditFlags {
  /** A file with the whole data, as JSON; the editor when left out. */
  readonly file?: string;
  readonly reason?: string;
}

/**
 * Asks for an event's data to be changed: from a file, or by the editor, which is opened again with what was written
 * when it is not JSON or the service refuses it. The change is shown and confirmed; somebody else must agree to it.
 */
export async function editParked(
  session: Session,
  client: OperationsClient,
  id: string,
  flags: EditFlags,
): Promise<Outcome> {
  const { file } = flags;
  if (file === undefined && session.questions.mode === 'pipe')
    throw new UsageError('There is no terminal for an editor here. Give the whole data by --file data.json.');
  const entry = await client.get(`/parked/${entryId(id)}`, parkedEntry);
  const before = dataOf(client.service, entry);
  if (file !== undefined) {
    const after = parsedData(await readFile(file, 'utf8'), file);
    return changed(session, client, entry, { before, after, reason: flags.reason });
  }
  let text = `${JSON.stringify(before, undefined, 2)}\n`;
  for (;;) {
    text = await editedText(text);
    try {
      const after = parsedData(text, 'what was saved');
      return await changed(session, client, entry, { before, after, reason: flags.reason });
    } catch (error) {
      if (!canBeMended(error)) throw error;
      for (const line of errorLines(error, session.colours)) session.screen.line(line);
      if ((await session.questions.wants('Edit it again?')) === 'no') throw error;
    }
  }
}

interface Change {
  readonly before: Data;
  readonly after: Data;
  readonly reason: string | undefined;
}

async function changed(
  session: Session,
  client: OperationsClient,
  entry: ParkedEntry,
  { before, after, reason }: Change,
): Promise<Outcome> {
  const changes = diffOf(before, after);
  if (changes.length === 0) return shown(['The data is as it was; nothing was asked for.'], { result: 'unchanged' });
  for (const line of diffLines(changes, session.colours)) session.screen.line(line);
  for (const path of unmaskedPaths(changes, entry.masked))
    session.screen.faint(`${printable(path)} was masked, and gets the new value whatever it was.`);
  const body = checked(editBody, { data: after, reason: await session.questions.reason(reason) });
  await session.questions.confirm('Ask for this change, and for another try with it?');
  const result = await client.post(`/parked/${entry.id}/edit`, body, commandResult);
  const outcome = commanded(client.service, result, `entry ${entry.id} is changed and tried again`);
  return { ...outcome, json: { ...outcome.json, changes } };
}

/** The masked places that a change writes to; those that were left as they were shown keep their value. */
export function unmaskedPaths(changes: readonly DataChange[], masked: readonly string[]): readonly string[] {
  const places = new Set(masked);
  return changes.flatMap(({ path }) => (places.has(path) ? [path] : []));
}

/** @throws UsageError when it is not a JSON object. */
export function parsedData(text: string, where: string): Data {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    throw new UsageError(`${where} is not JSON: ${error instanceof Error ? error.message : String(error)}`, {
      cause: error,
    });
  }
  if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed as Data;
  throw new UsageError(`${where} is no JSON object.`);
}

function dataOf(service: string, { id, data, unreadable }: ParkedEntry): Data {
  if (typeof data === 'object' && data !== null && !Array.isArray(data)) return data as Data;
  throw new Error(
    `The data of ${service} ${id} cannot be edited: ${printable(unreadable ?? 'it is no object')}. Redrive it once it can be read, or skip it.`,
  );
}

function canBeMended(error: unknown): boolean {
  return (
    error instanceof UsageError || (error instanceof RefusedError && [400, 413, 422].includes(error.problem.status))
  );
}
