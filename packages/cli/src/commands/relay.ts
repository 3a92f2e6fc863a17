import { Command } from 'commander';

export function relayCommand(): Command {
  return new Command('relay')
    .description('Run a relay alone, for services with RELAY=off; it reads DATABASE_URL and KAFKA_BROKERS.')
    .action(async () => {
      // Loaded here alone: a relay is a service's process, with telemetry and a broker's client.
      const { parseConfig, relayConfig, runRelay } = await import('@waybill/service');
      await runRelay(parseConfig(relayConfig, process.env));
    });
}
