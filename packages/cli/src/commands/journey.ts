import type { Command } from 'commander';
import { showJourney } from '../operations/journey.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import type { CommonFlags } from '../operations/session.ts';

export function journeyCommand(): Command {
  return withCommonOptions(
    operationsCommand('journey').description(
      'Print the journey of an id through all services, as trace does, but by asking the services.',
    ),
  )
    .argument('<id>', 'order id, correlation id or event id')
    .option('--service <name>', 'ask this service alone')
    .action(async (id: string, flags: CommonFlags & { service?: string }) =>
      runOperation(flags, async (session) => showJourney(session, flags.service, id)),
    );
}
