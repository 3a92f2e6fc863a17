import { Command } from 'commander';
import { rebaseOutbox } from '@waybill/postgres';
import pg from 'pg';
import { screenOn } from '../terminal/screen.ts';

export function relayCommand(): Command {
  const command = new Command('relay')
    .description('Run a relay alone, for services with RELAY=off; it reads DATABASE_URL and KAFKA_BROKERS.')
    .action(async () => {
      // Loaded here alone: a relay is a service's process, with telemetry and a broker's client.
      const { parseConfig, relayConfig, runRelay } = await import('@waybill/service');
      await runRelay(parseConfig(relayConfig, process.env));
    });
  command
    .command('rebase')
    .description(
      'After a restore, an upgrade or a copy to another cluster: publish what may be pending. Stop writers first.',
    )
    .requiredOption('--database <url>', 'the service database', process.env['DATABASE_URL'])
    .action(rebase);
  return command;
}

async function rebase({ database }: { database: string }): Promise<void> {
  const pool = new pg.Pool({ connectionString: database, max: 1 });
  try {
    const { pending } = await rebaseOutbox(pool);
    screenOn(process.stdout).line(`${pending} rows of the outbox are published when the relay starts.`);
  } finally {
    await pool.end();
  }
}
