import { databaseName } from '@waybill/infra/programs';
import pg from 'pg';

/** Makes the databases of the services where they are not there. */
export async function createDatabases(adminUrl: string, services: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ datname: string }>('SELECT datname FROM pg_database');
    const present = new Set(rows.map(({ datname }) => datname));
    for (const name of services.map(databaseName)) {
      if (!present.has(name)) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
    }
  } finally {
    await client.end();
  }
}
