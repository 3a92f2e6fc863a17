import type { Command } from 'commander';
import { beginJob } from '../operations/begin-job.ts';
import { number } from '../operations/options.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import { rebuildJob } from '../operations/selection.ts';
import type { CommonFlags } from '../operations/session.ts';

interface Flags extends CommonFlags {
  readonly service: string;
  readonly consumer: string;
  readonly rate?: number;
  readonly reason?: string;
  readonly dryRun?: true;
}

export function rebuildCommand(): Command {
  return withCommonOptions(
    operationsCommand('rebuild').description(
      'Make a projection anew beside the living one, from all that its topics hold. `jobs swap` puts it in its place.',
    ),
  )
    .requiredOption('--service <name>', 'the service of the projection')
    .requiredOption('--consumer <name>', 'the projection')
    .option('--reason <text>', 'why')
    .option('--rate <n>', 'records a second', number(0.1, 5_000))
    .option('--dry-run', 'show what it would read, or why it cannot be, and do nothing')
    .option('--yes', 'do not ask')
    .action(async (flags: Flags) =>
      runOperation(flags, async (session) => {
        const client = session.client(flags.service);
        const job = rebuildJob(flags, await session.questions.reason(flags.reason));
        return beginJob(session, client, job, flags.dryRun === true ? 'dry run only' : 'begin');
      }),
    );
}
