import { Command } from 'commander';
import { environmentStatus, stopEnvironment } from '@waybill/infra';
import { screenOn } from '../terminal/screen.ts';
import { stateDirectory } from '../workspace.ts';

export function downCommand(): Command {
  return new Command('down').description('Stop what is left running; the data stays.').action(async () => {
    const screen = screenOn(process.stdout);
    for (const purpose of ['up', 'test', 'bench'] as const) {
      const stateDir = stateDirectory(purpose);
      const running = (await environmentStatus(stateDir)).filter(({ state }) => state === 'running');
      await stopEnvironment(stateDir);
      for (const { component } of running) screen.line(`${purpose}: ${component} stopped`);
    }
    screen.line('Nothing of this checkout runs any more.');
  });
}
