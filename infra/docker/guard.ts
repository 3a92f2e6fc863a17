/**
 * The process that holds containers for their owner: `node guard.ts <name> <ready file> [docker arguments to start them]`.
 * It runs under the owner's warden, so that the containers end with the owner, even when that is killed by SIGKILL: a
 * container is a child of the engine, and would not.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { endContainers } from './engine.ts';

const [name = '', readyFile = '', ...startArguments] = process.argv.slice(2);
let starting: ChildProcess | undefined;
const asked = Promise.withResolvers<void>();
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.on(signal, () => {
    starting?.kill('SIGTERM');
    asked.resolve();
  });
}

async function start(): Promise<boolean> {
  if (startArguments.length === 0) return true;
  const child = spawn('docker', startArguments, { stdio: ['ignore', 'inherit', 'inherit'] });
  starting = child;
  await once(child, 'exit');
  starting = undefined;
  return child.exitCode === 0;
}

// A promise alone does not keep a process alive.
const alive = setInterval(() => undefined, 60_000);
const started = await start();
if (started) {
  writeFileSync(readyFile, '');
  await asked.promise;
}
await endContainers(name);
clearInterval(alive);
process.exitCode = started ? 0 : 1;
