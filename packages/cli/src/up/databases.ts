import pg from 'pg';

/** The name of a service's database on the shared server. */
export function databaseName(service: string): string {
  return `waybill_${service}`;
}

/** The administrator's URL with a service's database in the place of its own. */
export function withDatabase(adminUrl: string, service: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${databaseName(service)}`;
  return url.href;
}

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
