import type { Command } from 'commander';
import { resumeFlow } from '../operations/pauses.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import type { CommonFlags } from '../operations/session.ts';

export function resumeCommand(): Command {
  return withCommonOptions(operationsCommand('resume').description('Have what was paused go on.'))
    .argument('<service>')
    .argument('<pause>', 'the id of the pause, or the name of what is paused')
    .option('--reason <text>', 'why')
    .action(async (service: string, pause: string, flags: CommonFlags & { reason?: string }) =>
      runOperation(flags, async (session) => resumeFlow(session.client(service), pause, flags.reason, session.view())),
    );
}
