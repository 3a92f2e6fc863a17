import type { Queryable } from '@waybill/messaging';

/** A table of a living projection. */
export interface LivingTable {
  readonly name: string;
  readonly schema: string;
}

/** What was found of the tables that a projection declares. */
export interface InspectedTables {
  readonly tables: readonly LivingTable[];
  /** What a copy of them would not carry, or a swap would break, each with the object's name. */
  readonly problems: readonly string[];
}

/** Each answers what of a table ($1) would be lost in a copy made by LIKE, or would point at the old one after a swap. */
const hindrances: readonly string[] = [
  `SELECT 'foreign key ' || conname || ' of ' || conrelid::regclass FROM pg_constraint
    WHERE contype = 'f' AND (conrelid = $1 OR confrelid = $1)`,
  `SELECT 'trigger ' || tgname FROM pg_trigger WHERE tgrelid = $1 AND NOT tgisinternal`,
  `SELECT DISTINCT CASE WHEN r.ev_class = $1 THEN 'rule ' || r.rulename ELSE 'view ' || r.ev_class::regclass END
     FROM pg_depend d JOIN pg_rewrite r ON r.oid = d.objid
    WHERE d.classid = 'pg_rewrite'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1`,
  `SELECT DISTINCT 'function ' || d.objid::regprocedure FROM pg_depend d JOIN pg_class c ON c.oid = $1
    WHERE d.classid = 'pg_proc'::regclass
      AND (d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid OR d.refclassid = 'pg_type'::regclass AND d.refobjid = c.reltype)`,
  `SELECT 'row-level security' FROM pg_class WHERE oid = $1 AND relrowsecurity
   UNION SELECT 'policy ' || polname FROM pg_policy WHERE polrelid = $1`,
  `SELECT 'sequence ' || d.objid::regclass || ', which it owns and which is no identity' FROM pg_depend d
     JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
    WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass AND d.refobjid = $1 AND d.deptype = 'a'`,
  `SELECT 'inheritance or partitions' FROM pg_class WHERE oid = $1 AND (relispartition OR relkind = 'p')
   UNION SELECT 'inheritance or partitions' FROM pg_inherits WHERE inhrelid = $1 OR inhparent = $1`,
  `SELECT 'publication ' || p.pubname FROM pg_publication_rel r JOIN pg_publication p ON p.oid = r.prpubid WHERE r.prrelid = $1`,
  `SELECT 'replica identity other than its primary key' FROM pg_class WHERE oid = $1 AND relreplident <> 'd'`,
  `SELECT 'no logging (it is unlogged or temporary)' FROM pg_class WHERE oid = $1 AND relpersistence <> 'p'`,
  `SELECT 'the owner ' || pg_get_userbyid(relowner) || ', who is not the service' FROM pg_class
    WHERE oid = $1 AND NOT pg_has_role(relowner, 'USAGE')`,
];

const KEY = `
  SELECT a.attname, a.attidentity <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid) LIKE '%nextval(%', false) AS made
    FROM pg_index i JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
   WHERE i.indrelid = $1 AND i.indisprimary`;

/**
 * Looks for the tables by their unqualified names, as the projection's handlers find them, and for what keeps them from being
 * made anew and swapped. Changes nothing.
 */
export async function inspectTables(
  db: Queryable,
  declared: readonly { readonly name: string; readonly kept?: 'apart' }[],
): Promise<InspectedTables> {
  const tables: LivingTable[] = [];
  const problems: string[] = [];
  const may = await db.query(`SELECT has_database_privilege(current_database(), 'CREATE') AS may, current_user AS who`);
  if (may.rows[0]?.['may'] !== true)
    problems.push(
      `${String(may.rows[0]?.['who'])} may not create schemas in this database: GRANT CREATE ON DATABASE to it`,
    );
  for (const { name, kept } of declared) {
    const { rows } = await db.query(
      `SELECT c.oid, n.nspname AS schema, c.relkind FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE c.oid = to_regclass($1)`,
      [name],
    );
    const [found] = rows;
    if (found === undefined || !['r', 'p'].includes(String(found['relkind']))) {
      problems.push(`there is no table ${name} on the search path`);
      continue;
    }
    tables.push({ name, schema: String(found['schema']) });
    if (kept !== 'apart') problems.push(...(await hindrancesOf(db, name, found['oid'])));
  }
  return { tables, problems };
}

async function hindrancesOf(db: Queryable, name: string, oid: unknown): Promise<readonly string[]> {
  const found: string[] = [];
  for (const sql of hindrances) {
    const { rows } = await db.query(sql, [oid]);
    found.push(...rows.map((row) => `${name} has ${String(Object.values(row)[0])}`));
  }
  const { rows: key } = await db.query(KEY, [oid]);
  if (key.length === 0) found.push(`${name} has no primary key, by which its rows could be compared`);
  for (const column of key.filter((row) => row['made'] === true)) {
    found.push(
      `${name} has ${String(column['attname'])} in its primary key, which the database makes up: no two generations agree on it`,
    );
  }
  return found;
}

/** A name as SQL quotes it. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
