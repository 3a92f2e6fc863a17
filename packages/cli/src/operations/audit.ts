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
import {
  type Compared,
  comparedTrail,
  type Publication,
  type PublicationFlags,
  publicationOf,
  publishedEnds,
} from './published-trails.ts';
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

export interface VerifyFlags extends PublicationFlags {
  readonly service?: string;
}

/**
 * Has each service look through its trail, and compares it with what was published of it when there are brokers to read that
 * from. It fails when a chain is broken or not as it was published, when a service does not say, and when what was published
 * cannot be read.
 */
export async function verifyAudit(session: Session, flags: VerifyFlags): Promise<Outcome> {
  const publication = publicationOf(flags);
  const ends = publication === undefined ? undefined : await endsOf(publication);
  const { answers, unanswered } = await askAll(session.clients(flags.service), async (client) => {
    const verdict = await client.get('/audit/verify', auditVerdict);
    if (ends === undefined) return { verdict, published: { compared: 'no', why: noBrokers } satisfies Compared };
    if (typeof ends === 'string') return { verdict, published: { compared: 'no', why: ends } satisfies Compared };
    return { verdict, published: await comparedTrail(client, ends.get(client.service) ?? []) };
  });
  const rows = answers.map(({ service, answer }) => ({ service, ...answer }));
  const isWhole = rows.every(({ verdict, published }) => verdict.verdict === 'intact' && !isOther(published));
  return {
    ending: isWhole && typeof ends !== 'string' ? 'done' : 'failed',
    lines: verdictLines(rows, session.view()),
    json: { trails: rows.map(({ service, verdict, published }) => ({ service, ...verdict, published })) },
    unanswered,
  };
}

const noBrokers =
  'no brokers were given; give --kafka and --registry, or WAYBILL_KAFKA_BROKERS and WAYBILL_REGISTRY_URL';

/** What was published, or why it cannot be read. */
async function endsOf(publication: Publication): Promise<Awaited<ReturnType<typeof publishedEnds>> | string> {
  try {
    return await publishedEnds(publication);
  } catch (error) {
    return `it could not be read from ${publication.brokers.join(', ')}: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function isOther(published: Compared): boolean {
  return published.compared === 'yes' && published.problem !== undefined;
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
