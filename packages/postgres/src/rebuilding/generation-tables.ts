import type { Queryable } from '@waybill/messaging';
import { type LivingTable, quoted } from './living-tables.ts';

/** Makes the tables of a generation, empty, in a schema of their own. In the transaction that notes the generation. */
export async function createGenerationTables(
  tx: Queryable,
  schema: string,
  tables: readonly LivingTable[],
): Promise<void> {
  await tx.query(`CREATE SCHEMA ${quoted(schema)}`);
  for (const table of tables) {
    const living = `${quoted(table.schema)}.${quoted(table.name)}`;
    const made = `${quoted(schema)}.${quoted(table.name)}`;
    await tx.query(`CREATE TABLE ${made} (LIKE ${living} INCLUDING ALL)`);
    await nameIndexes(tx, living, made, schema);
    await copySettings(tx, living, made);
    await copyGrants(tx, living, made);
  }
}

/** LIKE makes indexes in the order of the living ones, and names them anew; a later migration knows them by their names. */
async function nameIndexes(tx: Queryable, living: string, made: string, schema: string): Promise<void> {
  const { rows } = await tx.query(
    `SELECT o.name AS wanted, n.name AS given
       FROM (SELECT c.relname AS name, i.indkey::text AS key, row_number() OVER (ORDER BY i.indexrelid) AS place
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $1::regclass AND i.indisvalid) o
       JOIN (SELECT c.relname AS name, i.indkey::text AS key, row_number() OVER (ORDER BY i.indexrelid) AS place
               FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid WHERE i.indrelid = $2::regclass) n USING (place, key)
      WHERE o.name <> n.name ORDER BY place`,
    [living, made],
  );
  const rename = async (from: string, to: string) =>
    tx.query(`ALTER INDEX ${quoted(schema)}.${quoted(from)} RENAME TO ${quoted(to)}`);
  // One may want the name that another was given.
  for (const [place, row] of rows.entries()) await rename(String(row['given']), `waybill_index_${place}`);
  for (const [place, row] of rows.entries()) await rename(`waybill_index_${place}`, String(row['wanted']));
}

async function copySettings(tx: Queryable, living: string, made: string): Promise<void> {
  const { rows } = await tx.query(
    `SELECT split_part(o, '=', 1) AS name, substr(o, strpos(o, '=') + 1) AS value
       FROM pg_class c, unnest(c.reloptions) AS o WHERE c.oid = $1::regclass`,
    [living],
  );
  for (const row of rows) {
    const value = String(row['value']).replaceAll("'", "''");
    await tx.query(`ALTER TABLE ${made} SET (${quoted(String(row['name']))} = '${value}')`);
  }
}

/** Whoever may read or write the living table, or some of its columns, may do so with the new one. */
async function copyGrants(tx: Queryable, living: string, made: string): Promise<void> {
  const { rows } = await tx.query(
    `SELECT a.privilege_type AS privilege, a.is_grantable AS grantable, NULL AS column,
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END AS grantee
       FROM pg_class c, aclexplode(c.relacl) a WHERE c.oid = $1::regclass AND a.grantee <> c.relowner
     UNION ALL
     SELECT a.privilege_type, a.is_grantable, quote_ident(t.attname),
            CASE a.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(a.grantee)) END
       FROM pg_attribute t, aclexplode(t.attacl) a WHERE t.attrelid = $1::regclass AND t.attacl IS NOT NULL`,
    [living],
  );
  for (const { privilege, grantable, column, grantee } of rows) {
    const columns = typeof column === 'string' ? ` (${column})` : '';
    const option = grantable === true ? ' WITH GRANT OPTION' : '';
    await tx.query(`GRANT ${String(privilege)}${columns} ON ${made} TO ${String(grantee)}${option}`);
  }
}
