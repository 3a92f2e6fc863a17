import { type InboxStore, type Queryable, WaybillError } from '@waybill/messaging';
import type { GenerationRow } from './generations.ts';

/** A handler did something in a rebuild that would reach beyond its generation; nothing of it was committed. */
export class GenerationLeftError extends WaybillError {}

/** The generation was swapped or discarded; whoever still works in it stops. */
export class GenerationOverError extends WaybillError {
  constructor(name: string) {
    super('rebuild.over', `${name} is not being built any more.`);
  }
}

/** The store of a generation, and what made it refuse all work. */
export interface GenerationInbox extends InboxStore {
  /** Why nothing is committed in it any more; undefined while all is well. */
  readonly problem: WaybillError | undefined;
  /** Has nothing more committed. */
  refuse(problem: WaybillError): void;
}

/**
 * The inbox of a projection's generation over the one of its service. Its transactions find the generation's tables by their
 * unqualified names, hold the generation, and commit only when nothing was written outside of it. Which event was handled is
 * told by its entity's version alone, as for every projection, so no dedupe rows are written.
 */
export function generationInbox(
  inbox: InboxStore,
  generation: Pick<GenerationRow, 'job' | 'name' | 'schema'>,
): GenerationInbox {
  let problem: WaybillError | undefined;
  const refuse = (found: WaybillError): WaybillError => (problem ??= found);
  return {
    ...inbox,
    get problem() {
      return problem;
    },
    refuse,
    async transaction(work) {
      if (problem !== undefined) throw problem;
      return inbox.transaction(async (tx) => {
        if (!(await enter(tx.db, generation))) throw refuse(new GenerationOverError(generation.name));
        const result = await work({
          ...tx,
          recordHandled: async () => undefined,
          recordSkipped: async () => undefined,
        });
        const strays = await writtenOutside(tx.db, generation.schema);
        if (strays.length > 0) throw refuse(leftBy(strays));
        if (problem !== undefined) throw problem;
        return result;
      });
    },
  };
}

/**
 * Holds the generation and has unqualified names mean its tables, both until the transaction ends, so that it works through a
 * pooler of transactions. False when it is over.
 */
async function enter(tx: Queryable, { job, schema }: Pick<GenerationRow, 'job' | 'schema'>): Promise<boolean> {
  const { rows } = await tx.query(
    `SELECT set_config('search_path', quote_ident($2) || ', ' || current_setting('search_path'), true)
       FROM waybill.generation WHERE job = $1 AND state = 'building' FOR SHARE`,
    [job, schema],
  );
  return rows.length > 0;
}

/** What the consuming side itself writes. */
const OWN = ['consumer_position', 'consumer_bootstrap', 'entity', 'parked', 'parked_attempt'];

/** What a transaction has written so far is what it holds such locks on; reading takes weaker ones. */
async function writtenOutside(tx: Queryable, schema: string): Promise<readonly string[]> {
  const { rows } = await tx.query(
    `SELECT n.nspname AS schema, c.relname AS name
       FROM pg_locks l JOIN pg_class c ON c.oid = l.relation JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE l.pid = pg_backend_pid() AND l.locktype = 'relation' AND c.relkind IN ('r', 'p')
        AND l.mode IN ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock')
        AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND n.nspname <> $1 AND n.nspname NOT LIKE 'pg\\_%' AND NOT (n.nspname = 'waybill' AND c.relname = ANY ($2::text[]))`,
    [schema, OWN],
  );
  return rows.map((row) => `${String(row['schema'])}.${String(row['name'])}`);
}

function leftBy(strays: readonly string[]): GenerationLeftError {
  const published = strays.some((name) => name.startsWith('waybill.outbox') || name.startsWith('waybill.stream'));
  return published
    ? publishedInGeneration()
    : new GenerationLeftError(
        'rebuild.wrote-outside',
        `A handler wrote ${strays.join(', ')}, which is not among the tables that its projection declares, or is named with its schema. Declare it, and name it without a schema; nothing of this was kept.`,
      );
}

/** A handler published in a rebuild: what it says was said when the living projection handled the event. */
export function publishedInGeneration(): GenerationLeftError {
  return new GenerationLeftError(
    'rebuild.published',
    'A handler published an event. A rebuild would publish it a second time, so nothing of this was kept. Move the publishing to a reaction, deploy that, and resume.',
  );
}
