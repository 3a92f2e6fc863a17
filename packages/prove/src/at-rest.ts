import { setTimeout as pause } from 'node:timers/promises';
import { topicEnds } from '@waybill/checker';
import pg from 'pg';

/** What is still to be done, as the servers themselves tell it. */
export interface Remainder {
  /** Records of the topics that some consumer has not come to. */
  readonly behind: number;
  /** Parked events that will be handled by themselves: neither dead nor behind one that is. */
  readonly waiting: number;
  /** Committed events that are in no topic and no ledger yet; found by what an unordered consumer has of them. */
  readonly unseen: number;
  /** Grows as long as anything happens. */
  readonly effects: number;
}

export interface RestOptions {
  readonly databaseUrl: (database: string) => string;
  readonly kafkaBrokers: readonly string[];
  readonly topics: readonly string[];
  readonly signal: AbortSignal;
  readonly onProgress: (remainder: Remainder) => void;
  /** Milliseconds without any change after which waiting ends. */
  readonly stuckAfterMs: number;
}

/** Waits until everything is done, or until nothing changes any more. Answers what is left. */
export async function untilAtRest(
  options: RestOptions,
): Promise<{ readonly outcome: 'at-rest' | 'stuck'; readonly left: Remainder }> {
  let last = '';
  let changedAt = performance.now();
  let left: Remainder = { behind: 0, waiting: 0, unseen: 0, effects: 0 };
  for (;;) {
    options.signal.throwIfAborted();
    const seen = await remainder(options).catch(() => undefined);
    if (seen !== undefined) {
      left = seen;
      options.onProgress(seen);
      if (seen.behind === 0 && seen.waiting === 0 && seen.unseen === 0) return { outcome: 'at-rest', left };
    }
    const text = JSON.stringify(seen ?? last);
    if (seen !== undefined && text !== last) {
      last = text;
      changedAt = performance.now();
    }
    if (performance.now() - changedAt > options.stuckAfterMs) return { outcome: 'stuck', left };
    await pause(500, undefined, { signal: options.signal });
  }
}

const followed = `SELECT count(*) AS n FROM waybill.outbox WHERE kind = 'event' AND type ~ '(AmountAdded|LimitChanged|AmountPosted)$'`;
const seenBy = (consumer: string) => `
  SELECT (SELECT count(DISTINCT event_id) FROM public.effect_ledger WHERE consumer = '${consumer}')
       + (SELECT count(*) FROM waybill.parked WHERE consumer = '${consumer}' AND partition IS NOT NULL AND key NOT LIKE 'stranger-%') AS n`;
const waiting = `
  SELECT count(*) AS n FROM waybill.parked p WHERE reason <> 'dead' AND NOT EXISTS (
    SELECT FROM waybill.parked head
     WHERE head.reason = 'dead' AND head.holds_entity AND p.holds_entity AND head.version < p.version
       AND (head.consumer, head.tenant, head.aggregate_type, head.aggregate_id)
         = (p.consumer, p.tenant, p.aggregate_type, p.aggregate_id))`;
const effects = `SELECT count(*) AS n FROM public.effect_ledger`;

async function remainder({ databaseUrl, kafkaBrokers, topics }: RestOptions): Promise<Remainder> {
  const ends = await topicEnds(kafkaBrokers, topics);
  const number = async (database: string, sql: string) => Number((await ask(databaseUrl(database), sql))[0]?.['n']);
  const written = (await number('east', followed)) + (await number('west', followed));
  const posted = await number('office', followed);
  let behind = 0;
  for (const database of ['office', 'archive']) {
    const rows = await ask(
      databaseUrl(database),
      `SELECT topic || '/' || partition AS place, coalesce(next_offset, 0)::text AS reached FROM waybill.consumer_position`,
    );
    for (const { place, reached } of rows) {
      const end = ends.get(String(place)) ?? 0n;
      behind += Math.max(0, Number(end - BigInt(String(reached))));
    }
  }
  return {
    behind,
    waiting: (await number('office', waiting)) + (await number('archive', waiting)),
    unseen:
      Math.max(0, written - (await number('office', seenBy('office.receipts')))) +
      Math.max(0, posted - (await number('archive', seenBy('archive.postings')))),
    effects: (await number('office', effects)) + (await number('archive', effects)),
  };
}

async function ask(url: string, sql: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const client = new pg.Client({ connectionString: url, application_name: 'waybill-prove' });
  // What breaks the connection fails the statement, too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}
