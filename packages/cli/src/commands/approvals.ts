import type { Command } from 'commander';
import { approve, type DecideFlags, listApprovals, reject } from '../operations/approvals.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import type { CommonFlags } from '../operations/session.ts';

type Flags = CommonFlags & DecideFlags;

export function approvalsCommand(): Command {
  const approvals = operationsCommand('approvals').description('Agree, or not, to what somebody else asked for.');
  withService(approvals.command('ls').description('List what waits for agreement.')).action(async (flags: Flags) =>
    runOperation(flags, async (session) => listApprovals(session, flags.service)),
  );
  withService(approvals.command('approve').description('Agree: what was asked for is done at once.'))
    .argument('<id>')
    .option('--note <text>')
    .option('--yes', 'do not ask')
    .action(async (id: string, flags: Flags) => runOperation(flags, async (session) => approve(session, id, flags)));
  withService(approvals.command('reject').description('Say no: nothing happens.'))
    .argument('<id>')
    .option('--note <text>')
    .action(async (id: string, flags: Flags) => runOperation(flags, async (session) => reject(session, id, flags)));
  return approvals;
}

function withService(command: Command): Command {
  return withCommonOptions(command).option('--service <name>', 'of this service; of all when left out');
}
