import { Argument, type Command } from 'commander';
import { number } from '../operations/options.ts';
import { pauseFlow } from '../operations/pauses.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import type { CommonFlags } from '../operations/session.ts';

interface Flags extends CommonFlags {
  readonly reason: string;
  readonly minutes: number;
  readonly drain?: boolean;
}

export function pauseCommand(): Command {
  return withCommonOptions(
    operationsCommand('pause').description(
      'Have a consumer, all that touches a dependency, or a relay or one of its shards stand still.',
    ),
  )
    .addArgument(new Argument('<what>').choices(['consumer', 'dependency', 'relay']))
    .argument('<service>')
    .argument(
      '[name]',
      'the consumer’s or the dependency’s name; of a relay one of its 16 shards, 0 to 15, or * for all',
      '*',
    )
    .requiredOption('--reason <text>', 'why')
    .requiredOption('--minutes <n>', 'for how long, unless it is resumed before; 10,080 at most', number(1, 10_080))
    .option('--drain', 'take nothing new from the log, and work off what is parked; for a consumer')
    .action(async (scope: string, service: string, name: string, flags: Flags) =>
      runOperation(flags, async (session) => {
        const { reason, minutes } = flags;
        const mode = flags.drain === true ? 'drain' : 'stop';
        return pauseFlow(session.client(service), { scope, name, mode, reason, minutes });
      }),
    );
}
