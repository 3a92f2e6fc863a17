import pg from 'pg';

/** A row whose columns are read by name and type. @throws {Error} when a column is not what it is said to be. */
export interface Row {
  text(column: string): string;
  number(column: string): number;
  date(column: string): Date;
  /** As text, or undefined where it is null. */
  optional(column: string): string | undefined;
}

/** Reads rows of one database. */
export type Rows = <T>(sql: string, read: (row: Row) => T, parameters?: readonly unknown[]) => Promise<readonly T[]>;

/** Runs `work` over a database in one repeatable-read transaction, so that its tables fit together. */
export async function readDatabase<T>(url: string, work: (rows: Rows) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, application_name: 'waybill-checker' });
  // What breaks the connection fails the statement that is under way, too.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query('BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
    return await work(async (sql, read, parameters = []) => {
      const { rows } = await client.query<Record<string, unknown>>(sql, [...parameters]);
      return rows.map((row) => read(rowOf(row)));
    });
  } finally {
    await client.end();
  }
}

function rowOf(row: Readonly<Record<string, unknown>>): Row {
  const value = (column: string) => {
    const found = row[column];
    if (found === undefined || found === null) throw new Error(`The column ${column} is missing or null.`);
    return found;
  };
  return {
    text: (column) => asText(value(column)),
    number: (column) => {
      const number = Number(value(column));
      if (!Number.isFinite(number)) throw new Error(`The column ${column} is not a number.`);
      return number;
    },
    date: (column) => {
      const date = value(column);
      if (!(date instanceof Date)) throw new Error(`The column ${column} is not a time.`);
      return date;
    },
    optional: (column) => (row[column] === null || row[column] === undefined ? undefined : asText(row[column])),
  };
}

function asText(value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
