import { Command } from 'commander';
import { screenLogger } from '../terminal/screen-logger.ts';
import { screenOn } from '../terminal/screen.ts';

interface SetupOptions {
  readonly postgres: string;
  readonly kafka: string;
  readonly registry: string;
  readonly owned?: boolean;
}

export function setupCommand(): Command {
  const option = (name: string) => process.env[name];
  return new Command('setup')
    .description("Make the services' databases and topics and register the contracts, on servers that run already.")
    .requiredOption('--postgres <url>', "administrator's URL (WAYBILL_POSTGRES_URL)", option('WAYBILL_POSTGRES_URL'))
    .requiredOption(
      '--kafka <brokers>',
      'comma list of host:port (WAYBILL_KAFKA_BROKERS)',
      option('WAYBILL_KAFKA_BROKERS'),
    )
    .requiredOption(
      '--registry <url>',
      'base of the Confluent API (WAYBILL_REGISTRY_URL)',
      option('WAYBILL_REGISTRY_URL'),
    )
    .option('--owned', 'the registry is ours alone: set its global compatibility too')
    .action(setup);
}

async function setup({ postgres, kafka, registry, owned = false }: SetupOptions): Promise<void> {
  // Loaded here alone: the generated constants may be what `contracts generate` is about to mend.
  const { prepareServices } = await import('../up/prepare-services.ts');
  const screen = screenOn(process.stdout);
  const kafkaBrokers = kafka.split(',').map((broker) => broker.trim());
  const servers = { postgresUrl: postgres, kafkaBrokers, registryUrl: registry, ownsRegistry: owned };
  await prepareServices(servers, screenLogger(screen));
  screen.line('Databases, topics and contracts are there.');
}
