import type { Command } from 'commander';
import { beginJob } from '../operations/begin-job.ts';
import { number, several, timeOf, wholeNumber } from '../operations/options.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import { type ReplayFlags, replayJob } from '../operations/selection.ts';
import type { CommonFlags } from '../operations/session.ts';

interface Flags extends CommonFlags, ReplayFlags {
  readonly service: string;
  readonly reason?: string;
  readonly dryRun?: true;
}

export function replayCommand(): Command {
  return withCommonOptions(
    operationsCommand('replay').description(
      'Give published events again to one consumer, which handles those that it has not handled.',
    ),
  )
    .requiredOption('--service <name>', 'the service of the consumer')
    .requiredOption('--consumer <name>', 'who gets them; nobody else does')
    .requiredOption('--topic <name>', 'what they were published to')
    .option('--type <type>', 'of this type; may be given again', several)
    .option('--entity <id>', 'of this entity')
    .option('--correlation <id>', 'of this correlation id')
    .option('--since <time>', 'published at or after it: RFC 3339, or 15min, 2h, 3d ago', timeBehind)
    .option('--until <time>', 'published before it', timeBehind)
    .option('--reason <text>', 'why')
    .option('--rate <n>', 'events a second', number(0.1, 5_000))
    .option('--canary <n>', 'how many go first, alone', wholeNumber(0, 1_000))
    .option('--shadow', 'only compare the handlers that it declares as its shadow with its living ones; nothing stays')
    .option('--dry-run', 'show what it would touch, and do nothing')
    .option('--yes', 'do not ask')
    .action(async (flags: Flags) =>
      runOperation(flags, async (session) => {
        const client = session.client(flags.service);
        const job = replayJob(flags, await session.questions.reason(flags.reason));
        return beginJob(session, client, job, flags.dryRun === true ? 'dry run only' : 'begin');
      }),
    );
}

function timeBehind(text: string): string {
  return timeOf(text, new Date());
}
