import { runCommand } from '../verification/run-command.ts';

/** The console's client could not be built. */
export class ConsoleClientError extends Error {
  readonly code = 'up.console-client';
}

/** Builds what browsers load of the console, unless what is there is from the same sources. */
export async function buildConsoleClient(signal: AbortSignal): Promise<void> {
  const command = ['turbo', 'run', 'build', '--filter=@waybill/console', '--output-logs=errors-only'] as const;
  const { exitCode, output } = await runCommand([...command], { env: {}, signal });
  signal.throwIfAborted();
  if (exitCode !== 0) throw new ConsoleClientError(`The console's pages could not be built:\n${output.trimEnd()}`);
}
