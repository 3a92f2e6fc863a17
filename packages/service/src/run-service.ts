import type { Logger } from '@waybill/messaging';
import { createLogger, stopTelemetry } from '@waybill/telemetry';
import type { ServiceConfig } from './config.ts';
import type { ServiceDefinition } from './service-definition.ts';
import { startService } from './start-service.ts';
import type { StopOutcome } from './lifecycle/shutdown.ts';

/** Milliseconds that a process may take to stop. */
const stopDeadlineMs = 15_000;

/** Something that runs until it is told to stop. */
export interface Stoppable {
  stop(deadlineMs?: number): Promise<StopOutcome>;
}

/**
 * Runs a service as this process: starts it, and ends it on SIGTERM or SIGINT with a drain within 15 s. The exit code
 * is 0 when nothing was left, 1 when something was, when it could not start, and after an uncaught error. A second
 * signal ends the process at once.
 */
export async function runService<TConfig extends ServiceConfig>(definition: ServiceDefinition<TConfig>): Promise<void> {
  const log = createLogger({ service: definition.name, level: definition.config.LOG_LEVEL });
  const stopping = new AbortController();
  await runUntilSignal(log, stopping, () => startService(definition, stopping));
}

/** Starts something, waits for a signal, stops it, and ends the process. */
export async function runUntilSignal(
  log: Logger,
  stopping: AbortController,
  start: () => Promise<Stoppable>,
): Promise<void> {
  process.once('uncaughtException', (error) => {
    log.error({ err: error }, 'uncaught error; the process ends');
    void endProcess(1);
  });
  const signalled = Promise.withResolvers<NodeJS.Signals>();
  let asked = false;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (asked) process.exit(1);
      asked = true;
      stopping.abort(new Error(`got ${signal}`));
      signalled.resolve(signal);
    });
  }
  try {
    const running = await start();
    const signal = await signalled.promise;
    log.info({ signal }, 'stopping');
    const { outcome, left } = await running.stop(stopDeadlineMs);
    if (outcome === 'stopped') log.info({}, 'stopped');
    else log.error({ left }, 'the deadline for stopping passed; what was left is done again by whoever comes next');
    await endProcess(outcome === 'stopped' ? 0 : 1);
  } catch (error) {
    if (asked) await endProcess(0);
    log.error({ err: error }, 'could not start');
    await endProcess(1);
  }
}

async function endProcess(code: number): Promise<never> {
  await stopTelemetry(2_000);
  process.exit(code);
}
