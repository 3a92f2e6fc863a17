#!/usr/bin/env node
import { Command } from 'commander';
import { explain } from './terminal/explain.ts';

/** In the order of the help. Each is loaded when it is asked for: together they load clients of databases and brokers. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  up: async () => (await import('./commands/up.ts')).upCommand(),
  test: async () => (await import('./commands/test.ts')).testCommand(),
  bench: async () => (await import('./commands/bench.ts')).benchCommand(),
  prove: async () => (await import('./commands/prove.ts')).proveCommand(),
  trace: async () => (await import('./commands/trace.ts')).traceCommand(),
  parked: async () => (await import('./commands/parked.ts')).parkedCommand(),
  replay: async () => (await import('./commands/replay.ts')).replayCommand(),
  rebuild: async () => (await import('./commands/rebuild.ts')).rebuildCommand(),
  jobs: async () => (await import('./commands/jobs.ts')).jobsCommand(),
  pause: async () => (await import('./commands/pause.ts')).pauseCommand(),
  resume: async () => (await import('./commands/resume.ts')).resumeCommand(),
  approvals: async () => (await import('./commands/approvals.ts')).approvalsCommand(),
  journey: async () => (await import('./commands/journey.ts')).journeyCommand(),
  audit: async () => (await import('./commands/audit.ts')).auditCommand(),
  status: async () => (await import('./commands/status.ts')).statusCommand(),
  down: async () => (await import('./commands/down.ts')).downCommand(),
  contracts: async () => (await import('./commands/contracts.ts')).contractsCommand(),
  setup: async () => (await import('./commands/setup.ts')).setupCommand(),
  migrate: async () => (await import('./commands/migrate.ts')).migrateCommand(),
  relay: async () => (await import('./commands/relay.ts')).relayCommand(),
};

try {
  const program = new Command('waybill')
    .description('Domain events on Kafka: publish in your transaction, handle once, in order, traced.')
    .showHelpAfterError('(waybill --help lists what there is)');
  const [asked = ''] = process.argv.slice(2);
  const wanted = Object.hasOwn(commands, asked) ? [asked] : Object.keys(commands);
  for (const name of wanted) {
    const command = await commands[name]?.();
    if (command !== undefined) program.addCommand(command);
  }
  await program.parseAsync(process.argv);
} catch (error) {
  process.stderr.write(`${explain(error)}\n`);
  process.exitCode = 1;
}
