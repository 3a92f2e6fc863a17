import { Command } from 'commander';
import { environmentStatus, stopEnvironment } from '@waybill/infra';
import { screenOn } from '../terminal/screen.ts';
import { stateDirectories } from '../workspace.ts';

export function downCommand(): Command {
  return new Command('down').description('Stop what is left running; the data stays.').action(async () => {
    const screen = screenOn(process.stdout);
    for (const [name, stateDir] of stateDirectories()) {
      const running = (await environmentStatus(stateDir)).filter(({ state }) => state === 'running');
      await stopEnvironment(stateDir);
      for (const { component } of running) screen.line(`${name}: ${component} stopped`);
    }
    screen.line('Nothing of this checkout runs any more.');
  });
}
