import { Command } from 'commander';
import { migrate } from '@waybill/postgres';
import pg from 'pg';
import { screenOn } from '../terminal/screen.ts';

export function migrateCommand(): Command {
  return new Command('migrate')
    .description("Bring Waybill's tables in a database up to date.")
    .requiredOption('--database <url>', 'the service database', process.env['DATABASE_URL'])
    .option('--check', 'only look, and fail when something is missing')
    .action(async ({ database, check = false }: { database: string; check?: boolean }) => {
      const pool = new pg.Pool({ connectionString: database, max: 2 });
      try {
        const applied = await migrate(pool, { mode: check ? 'check' : 'run' });
        const screen = screenOn(process.stdout);
        for (const { version, name } of applied) screen.line(`applied ${version} ${name}`);
        screen.line('The database is up to date.');
      } finally {
        await pool.end();
      }
    });
}
