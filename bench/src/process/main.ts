/** The process of one program: it loads what it is ordered to be and nothing else, goes, and stops. */
import { loadProgram } from '../contestants/programs.ts';
import type { FromProgram, Program, ToProgram } from './program.ts';

let program: Program | undefined;

function say(answer: FromProgram): void {
  process.send?.(answer, undefined, undefined, () => undefined);
}

async function obey(message: ToProgram): Promise<void> {
  switch (message.kind) {
    case 'order':
      program = await loadProgram(message.order);
      say({ kind: 'ready' });
      break;
    case 'go':
      say({ kind: 'went', value: await program?.go(message.task) });
      break;
    case 'stop':
      say({ kind: 'stopped', value: await program?.stop() });
      process.disconnect();
      // What a rival leaves open must not keep its process.
      setTimeout(() => process.exit(0), 500).unref();
      break;
  }
}

process.on('message', (message) => {
  obey(message as ToProgram).catch((error: unknown) => {
    say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
// Whoever ordered it is gone.
process.on('disconnect', () => setTimeout(() => process.exit(0), 5_000).unref());
