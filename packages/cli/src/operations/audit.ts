import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import type { Writable } from 'node:stream';
import { auditPage, auditQuery, auditVerdict } from '@waybill/service/operations';
import { askAll } from './ask-all.ts';
import { checked } from './checked.ts';
import { UsageError } from './errors.ts';
import { listed, type Outcome, shown } from './outcome.ts';
import { auditLines, type AuditRow, mergedAudit, verdictLines } from './printing/audit-lines.ts';
import { counted } from './printing/colours.ts';
import type { Session } from './session.ts';

export interface AuditFlags {
  readonly service?: string;
  readonly actor?: string;
  readonly action?: string;
  readonly target?: string;
  readonly limit: number;
}

/** Lists what people did, newest first, of one service or of all. */
export async function listAudit(session: Session, flags: AuditFlags): Promise<Outcome> {
  const { service, limit, actor, action, target } = flags;
  const filter = Object.entries({ limit, actor, action, target }).filter(([, value]) => value !== undefined);
  const query = checked(auditQuery, Object.fromEntries(filter));
  const heard = await askAll(session.clients(service), async (client) =>
    client.get('/audit', auditPage, { ...query, after: undefined }),
  );
  const all = heard.answers.flatMap(({ service, answer }) =>
    answer.entries.map((entry): AuditRow => ({ service, ...entry })),
  );
  const entries = mergedAudit(all, limit);
  return listed(heard, auditLines(entries, session.view()), { entries });
}

/** Has each service look through its trail. It fails when a chain is broken, or when a service does not say. */
export async function verifyAudit(session: Session, service: string | undefined): Promise<Outcome> {
  const { answers, unanswered } = await askAll(session.clients(service), async (client) =>
    client.get('/audit/verify', auditVerdict),
  );
  const rows = answers.map(({ service, answer: verdict }) => ({ service, verdict }));
  const isWhole = rows.every(({ verdict }) => verdict.verdict === 'intact');
  return {
    ending: isWhole ? 'done' : 'failed',
    lines: verdictLines(rows, session.view()),
    json: { trails: rows.map(({ service, verdict }) => ({ service, ...verdict })) },
    unanswered,
  };
}

export interface ExportFlags {
  readonly service?: string;
  readonly out?: string;
  readonly json?: true;
}

/** Writes whole trails, a JSON line for each entry with its service, to a file or to standard output. */
export async function exportAudit(session: Session, { service, out, json }: ExportFlags): Promise<Outcome> {
  if (out === undefined && json === true)
    throw new UsageError('With --json, standard output is for one object. Give --out file for the entries.');
  const clients = session.clients(service);
  const stream = out === undefined ? process.stdout : createWriteStream(out, { mode: 0o600 });
  const counts: Record<string, number> = {};
  const { unanswered } = await askAll(clients, async (client) => {
    counts[client.service] = 0;
    for await (const line of client.lines('/audit/export')) {
      await written(stream, `${exportLine(client.service, line)}\n`);
      counts[client.service] = (counts[client.service] ?? 0) + 1;
    }
  });
  if (out !== undefined) await ended(stream);
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  const lines = out === undefined ? [] : [`${counted(total, 'entry', 'entries')} written to ${out}.`];
  return shown(lines, { out, entries: counts }, unanswered);
}

/** An exported entry with its service's name before its other fields, which stay as they were sent. */
export function exportLine(service: string, line: string): string {
  return line.replace(/^\s*\{/, `{"service":${JSON.stringify(service)},`);
}

/** Waits when the reader of a pipe is slower than the service. */
async function written(stream: Writable, text: string): Promise<void> {
  if (!stream.write(text)) await once(stream, 'drain');
}

async function ended(stream: Writable): Promise<void> {
  stream.end();
  await once(stream, 'finish');
}
