import { Command } from 'commander';
import { environmentStatus, type StatusEntry } from '@waybill/infra';
import { readFleet } from '../up/fleet-state.ts';
import { screenOn } from '../terminal/screen.ts';
import { stateDirectories } from '../workspace.ts';

export function statusCommand(): Command {
  return new Command('status')
    .description('Tell what runs where.')
    .option('--json', 'one JSON object')
    .action(async ({ json = false }: { json?: boolean }) => {
      const status = Object.fromEntries(
        await Promise.all(
          [...stateDirectories()].map(async ([name, stateDir]) => {
            return [name, [...(await environmentStatus(stateDir)), ...readFleet(stateDir)]] as const;
          }),
        ),
      );
      if (json) process.stdout.write(`${JSON.stringify(status)}\n`);
      else print(status);
    });
}

function print(status: Readonly<Record<string, readonly StatusEntry[]>>): void {
  const screen = screenOn(process.stdout);
  const lines = Object.entries(status).filter(([, entries]) => entries.length > 0);
  if (lines.length === 0) screen.line('Nothing runs. ./waybill up starts everything.');
  for (const [purpose, entries] of lines) {
    screen.heading(purpose);
    for (const { component, state, address, pid, since } of entries) {
      const process = pid === undefined ? '' : `  pid ${pid}`;
      screen.line(`  ${component.padEnd(16)} ${state.padEnd(8)} ${address}${process}  since ${since}`);
    }
  }
}
