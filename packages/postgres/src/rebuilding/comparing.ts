import type { ProjectionTable, Queryable } from '@waybill/messaging';
import { type LivingTable, quoted } from './living-tables.ts';
import type { GenerationRow } from './generations.ts';

/** How a table of the new generation differs from the living one, row by row of its primary key. No values but keys. */
export interface TableComparison {
  readonly table: string;
  readonly equal: number;
  readonly different: number;
  /** Rows that the living table has and the new one lacks: a swap would have them vanish. */
  readonly onlyOld: number;
  readonly onlyNew: number;
  /** The columns in which rows differ, and how many do, most first. */
  readonly columns: readonly { readonly column: string; readonly rows: number }[];
  /** Keys of some of them. */
  readonly examples: {
    readonly different: readonly string[];
    readonly onlyOld: readonly string[];
    readonly onlyNew: readonly string[];
  };
}

const EXAMPLES = 20;
/** Types without an equality of their own are compared as they are written. */
const WRITTEN = ['json', 'xml', 'point', 'line', 'lseg', 'box', 'path', 'polygon', 'circle'];

/** Compares one table of a generation with the living one. In a transaction of one snapshot, or the two are of two moments. */
export async function compareTable(
  tx: Queryable,
  { name, schema }: LivingTable,
  generation: Pick<GenerationRow, 'schema'>,
  uncompared: ProjectionTable['uncompared'] = [],
): Promise<TableComparison> {
  const living = `${quoted(schema)}.${quoted(name)}`;
  const { rows: columns } = await tx.query(
    `SELECT a.attname AS name, t.typname AS type,
            EXISTS (SELECT FROM pg_index i WHERE i.indrelid = a.attrelid AND i.indisprimary AND a.attnum = ANY (i.indkey)) AS key
       FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
      WHERE a.attrelid = $1::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum`,
    [living],
  );
  const keys = columns.filter((column) => column['key'] === true).map((column) => quoted(String(column['name'])));
  const compared = columns
    .filter((column) => column['key'] !== true && !uncompared.includes(String(column['name'])))
    .map((column) => String(column['name']));
  const written = new Set(
    columns.filter((column) => WRITTEN.includes(String(column['type']))).map((column) => String(column['name'])),
  );
  const differs = (column: string): string => {
    const cast = written.has(column) ? '::text' : '';
    return `o.${quoted(column)}${cast} IS DISTINCT FROM n.${quoted(column)}${cast}`;
  };
  const from = `(SELECT *, true AS "waybill is there" FROM ${living}) o
     FULL JOIN (SELECT *, true AS "waybill is there" FROM ${quoted(generation.schema)}.${quoted(name)}) n USING (${keys.join(', ')})`;
  const [old, young] = ['o."waybill is there"', 'n."waybill is there"'];
  const anyDiffers = compared.length === 0 ? 'false' : `(${compared.map(differs).join(' OR ')})`;
  const { rows } = await tx.query(
    `SELECT count(*) FILTER (WHERE ${old} AND ${young} AND NOT ${anyDiffers}) AS equal,
            count(*) FILTER (WHERE ${old} AND ${young} AND ${anyDiffers}) AS different,
            count(*) FILTER (WHERE ${young} IS NULL) AS only_old, count(*) FILTER (WHERE ${old} IS NULL) AS only_new
            ${compared.map((column, place) => `, count(*) FILTER (WHERE ${old} AND ${young} AND ${differs(column)}) AS c${place}`).join('')}
       FROM ${from}`,
  );
  const counts = rows[0] ?? {};
  const count = (field: string) => Number(counts[field] ?? 0);
  const examples = async (number: number, where: string): Promise<readonly string[]> => {
    if (number === 0) return [];
    const found = await tx.query(
      `SELECT concat_ws(' ', ${keys.join(', ')}) AS key FROM ${from} WHERE ${where} ORDER BY ${keys.join(', ')} LIMIT ${EXAMPLES}`,
    );
    return found.rows.map((row) => String(row['key']));
  };
  return {
    table: name,
    ...{ equal: count('equal'), different: count('different'), onlyOld: count('only_old'), onlyNew: count('only_new') },
    columns: compared
      .map((column, place) => ({ column, rows: count(`c${place}`) }))
      .filter((column) => column.rows > 0)
      .toSorted((a, b) => b.rows - a.rows),
    examples: {
      different: await examples(count('different'), `${old} AND ${young} AND ${anyDiffers}`),
      onlyOld: await examples(count('only_old'), `${young} IS NULL`),
      onlyNew: await examples(count('only_new'), `${old} IS NULL`),
    },
  };
}

/** How far the living projection and its generation have got with their entities. */
export interface EntityComparison {
  readonly equal: number;
  readonly different: number;
  readonly onlyOld: number;
  readonly onlyNew: number;
  readonly examples: readonly {
    readonly entity: string;
    readonly old: number | undefined;
    readonly new: number | undefined;
  }[];
}

const SIDE = `SELECT tenant, aggregate_type, aggregate_id, applied FROM waybill.entity WHERE applied > 0 AND consumer =`;
const ENTITIES = `(${SIDE} $1) o FULL JOIN (${SIDE} $2) n USING (tenant, aggregate_type, aggregate_id)`;

export async function compareEntities(tx: Queryable, consumer: string, generation: string): Promise<EntityComparison> {
  const { rows } = await tx.query(
    `SELECT count(*) FILTER (WHERE o.applied = n.applied) AS equal, count(*) FILTER (WHERE o.applied <> n.applied) AS different,
            count(*) FILTER (WHERE n.applied IS NULL) AS only_old, count(*) FILTER (WHERE o.applied IS NULL) AS only_new
       FROM ${ENTITIES}`,
    [consumer, generation],
  );
  const counts = rows[0] ?? {};
  const examples = await tx.query(
    `SELECT concat_ws('/', nullif(tenant, ''), aggregate_type, aggregate_id) AS entity, o.applied AS old, n.applied AS new
       FROM ${ENTITIES} WHERE o.applied IS DISTINCT FROM n.applied
      ORDER BY n.applied IS NULL DESC, aggregate_type, aggregate_id LIMIT ${EXAMPLES}`,
    [consumer, generation],
  );
  const version = (value: unknown) => (value === null ? undefined : Number(value));
  return {
    equal: Number(counts['equal'] ?? 0),
    different: Number(counts['different'] ?? 0),
    onlyOld: Number(counts['only_old'] ?? 0),
    onlyNew: Number(counts['only_new'] ?? 0),
    examples: examples.rows.map((row) => ({
      entity: String(row['entity']),
      old: version(row['old']),
      new: version(row['new']),
    })),
  };
}

/** Parked events of a generation that wait for a person: they would become the consumer's. */
export interface DeadOfGeneration {
  readonly dead: number;
  /** Those that wait behind them, or for something else that does not come by itself. */
  readonly behind: number;
  readonly failures: readonly {
    readonly type: string;
    readonly code: string;
    readonly message: string;
    readonly events: number;
  }[];
}

export async function deadOfGeneration(db: Queryable, name: string): Promise<DeadOfGeneration> {
  const { rows } = await db.query(
    `SELECT count(*) FILTER (WHERE reason = 'dead') AS dead, count(*) FILTER (WHERE reason <> 'dead') AS behind
       FROM waybill.parked WHERE consumer = $1`,
    [name],
  );
  const failures = await db.query(
    `SELECT coalesce(type, '') AS type, coalesce(error_code, '') AS code, min(error_message) AS message, count(*) AS events
       FROM waybill.parked WHERE consumer = $1 AND reason = 'dead' GROUP BY 1, 2, fingerprint ORDER BY 4 DESC LIMIT ${EXAMPLES}`,
    [name],
  );
  return {
    dead: Number(rows[0]?.['dead'] ?? 0),
    behind: Number(rows[0]?.['behind'] ?? 0),
    failures: failures.rows.map((row) => ({
      type: String(row['type']),
      code: String(row['code']),
      message: typeof row['message'] === 'string' ? row['message'] : '',
      events: Number(row['events']),
    })),
  };
}
