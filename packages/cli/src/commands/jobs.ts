import type { Command } from 'commander';
import { listJobs, repace, showJob, steer, type SteerFlags, watchUntilEnd } from '../operations/jobs.ts';
import { number } from '../operations/options.ts';
import { discardRetired, swapIn } from '../operations/rebuilds.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import type { CommonFlags } from '../operations/session.ts';

type Flags = CommonFlags & SteerFlags;

export function jobsCommand(): Command {
  const jobs = operationsCommand('jobs').description(
    'Watch and steer jobs: redrives of many events, replays, and rebuilds.',
  );
  withService(jobs.command('ls').description('List jobs, those that go on first.')).action(async (flags: Flags) =>
    runOperation(flags, async (session) => listJobs(session, flags.service)),
  );
  ofOne(jobs, 'show', 'Show one job.').action(async (id: string, flags: Flags) =>
    runOperation(flags, async (session) => showJob(session, flags.service, id)),
  );
  ofOne(jobs, 'watch', 'Show a job’s progress until it ends.').action(async (id: string, flags: Flags) =>
    runOperation(flags, async (session) => watchUntilEnd(session, flags.service, id)),
  );
  const steering = [
    ['pause', 'Have a job wait; what is under way ends.'],
    ['resume', 'Have a job go on that was paused, or that stopped since too much failed.'],
    ['cancel', 'End a job for good; what it did stays done.'],
  ] as const;
  for (const [action, description] of steering) {
    const command = ofOne(jobs, action, description).option('--reason <text>', 'why');
    if (action === 'cancel') command.option('--yes', 'do not ask');
    command.action(async (id: string, flags: Flags) =>
      runOperation(flags, async (session) => steer(session, action, id, flags)),
    );
  }
  ofOne(jobs, 'swap', 'Put what a rebuild made in the place of what is there.')
    .option('--reason <text>', 'why')
    .option('--yes', 'do not ask')
    .action(async (id: string, flags: Flags) => runOperation(flags, async (session) => swapIn(session, id, flags)));
  ofOne(jobs, 'discard', 'Take away, for good, the tables that a rebuild took the place of.')
    .option('--reason <text>', 'why')
    .option('--yes', 'do not ask')
    .action(async (id: string, flags: Flags) =>
      runOperation(flags, async (session) => discardRetired(session, id, flags)),
    );
  ofOne(jobs, 'rate', 'Have a job go at another rate.')
    .argument('<n>', 'events a second', number(0.1, 5_000))
    .action(async (id: string, perSecond: number, flags: Flags) =>
      runOperation(flags, async (session) => repace(session, id, perSecond, flags)),
    );
  return jobs;
}

function ofOne(jobs: Command, name: string, description: string): Command {
  return withService(jobs.command(name).description(description)).argument('<id>');
}

function withService(command: Command): Command {
  return withCommonOptions(command).option('--service <name>', 'of this service; it is looked for when left out');
}
