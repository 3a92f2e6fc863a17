#!/usr/bin/env node
import { Command } from 'commander';
import { approvalsCommand } from './commands/approvals.ts';
import { auditCommand } from './commands/audit.ts';
import { benchCommand } from './commands/bench.ts';
import { contractsCommand } from './commands/contracts.ts';
import { downCommand } from './commands/down.ts';
import { jobsCommand } from './commands/jobs.ts';
import { journeyCommand } from './commands/journey.ts';
import { migrateCommand } from './commands/migrate.ts';
import { parkedCommand } from './commands/parked.ts';
import { pauseCommand } from './commands/pause.ts';
import { proveCommand } from './commands/prove.ts';
import { relayCommand } from './commands/relay.ts';
import { replayCommand } from './commands/replay.ts';
import { resumeCommand } from './commands/resume.ts';
import { setupCommand } from './commands/setup.ts';
import { statusCommand } from './commands/status.ts';
import { testCommand } from './commands/test.ts';
import { traceCommand } from './commands/trace.ts';
import { upCommand } from './commands/up.ts';
import { explain } from './terminal/explain.ts';

const program = new Command('waybill')
  .description('Domain events on Kafka: publish in your transaction, handle once, in order, traced.')
  .showHelpAfterError('(waybill --help lists what there is)')
  .addCommand(upCommand())
  .addCommand(testCommand())
  .addCommand(benchCommand())
  .addCommand(proveCommand())
  .addCommand(traceCommand())
  .addCommand(journeyCommand())
  .addCommand(parkedCommand())
  .addCommand(replayCommand())
  .addCommand(jobsCommand())
  .addCommand(pauseCommand())
  .addCommand(resumeCommand())
  .addCommand(approvalsCommand())
  .addCommand(auditCommand())
  .addCommand(statusCommand())
  .addCommand(downCommand())
  .addCommand(contractsCommand())
  .addCommand(setupCommand())
  .addCommand(migrateCommand())
  .addCommand(relayCommand());

try {
  await program.parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
