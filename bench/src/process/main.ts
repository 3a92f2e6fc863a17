/** The process of one program: it loads what it is ordered to be and nothing else, goes, and stops. */
import { loadProgram } from '../contestants/programs.ts';
import type { FromProgram, Program, ToProgram } from './program.ts';

let program: Program | undefined;

/** Fulfilled once it is on its way as a whole: what is not written at a `disconnect` is lost. */
function say(answer: FromProgram): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(answer, undefined, undefined, () => resolve());
  });
}

async function obey(message: ToProgram): Promise<void> {
  switch (message.kind) {
    case 'order':
      program = await loadProgram(message.order);
      await say({ kind: 'ready' });
      break;
    case 'go':
      await say({ kind: 'went', value: await program?.go(message.task) });
      break;
    case 'stop':
      await say({ kind: 'stopped', value: await program?.stop() });
      process.disconnect();
      // What a rival leaves open must not keep its process.
      setTimeout(() => process.exit(0), 500).unref();
      break;
  }
}

process.on('message', (message) => {
  obey(message as ToProgram).catch((error: unknown) => {
    void say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  });
});
// Whoever ordered it is gone.
process.on('disconnect', () => setTimeout(() => process.exit(0), 5_000).unref());
