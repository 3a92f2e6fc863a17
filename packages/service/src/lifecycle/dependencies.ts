import { connect } from 'node:net';
import { type Logger, type Queryable, WaybillError } from '@waybill/messaging';
import { isDependencyDown } from '../http/problem-of-error.ts';
import { pause } from '../background-task.ts';

/** A dependency did not answer for as long as a service waits at its start. */
export class DependencyMissingError extends WaybillError {
  constructor(name: string, waitedMs: number, cause: unknown) {
    super(
      'service.dependency-missing',
      `${name} did not answer for ${Math.round(waitedMs / 1000)} s. See that it runs and that its address is right, and start again.`,
      { cause },
    );
  }
}

export interface WaitOptions {
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Milliseconds; 60,000 when left out. */
  readonly deadlineMs?: number;
}

/**
 * Tries `attempt` until it succeeds: a dependency that starts beside the service is waited for, and the log says so.
 * An error that `mayPass` does not take for a passing one ends the wait at once.
 * @throws {DependencyMissingError} when the deadline has passed.
 */
export async function waitFor<T>(
  name: string,
  attempt: () => Promise<T>,
  options: WaitOptions,
  mayPass: (error: unknown) => boolean = isDependencyDown,
): Promise<T> {
  const { log, signal, deadlineMs = 60_000 } = options;
  const started = performance.now();
  let told = Number.NEGATIVE_INFINITY;
  for (let delayMs = 100; ; delayMs = Math.min(delayMs * 2, 2_000)) {
    try {
      return await attempt();
    } catch (error) {
      signal.throwIfAborted();
      if (!mayPass(error)) throw error;
      const waitedMs = performance.now() - started;
      if (waitedMs >= deadlineMs) throw new DependencyMissingError(name, waitedMs, error);
      if (waitedMs - told >= 5_000) {
        told = waitedMs;
        log.warn({ dependency: name, waitedMs: Math.round(waitedMs), err: error }, 'waiting for a dependency');
      }
      await pause(delayMs, signal);
    }
  }
}

export async function databaseAnswers(db: Queryable): Promise<void> {
  await db.query('SELECT 1');
}

/** Resolves when one of the brokers takes a connection. */
export async function brokerAnswers(brokers: readonly string[]): Promise<void> {
  await Promise.any(brokers.map(reach));
}

async function reach(broker: string): Promise<void> {
  const at = broker.lastIndexOf(':');
  await new Promise<void>((resolve, reject) => {
    const socket = connect({ host: broker.slice(0, at), port: Number(broker.slice(at + 1)), timeout: 3_000 });
    socket.once('connect', () => {
      socket.destroy();
      resolve();
    });
    socket.once('timeout', () => socket.destroy(Object.assign(new Error('no answer in time'), { code: 'ETIMEDOUT' })));
    socket.once('error', reject);
  });
}
