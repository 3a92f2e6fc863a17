/**
 * The process that starts children for its parent and outlives it just long enough to end them. It leads a session of
 * its own, so that Ctrl-C reaches the parent alone, which then stops things in order. When the parent is gone, by
 * whatever end, the IPC channel closes, which even SIGKILL cannot prevent.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { signalProcess } from './process-identity.ts';
import type { StartRequest, WardenReport } from './warden-protocol.ts';

interface Ward {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly request: StartRequest;
  readonly ended: Promise<void>;
}

const logRotationBytes = 16 * 1024 * 1024;
const wards = new Map<number, Ward>();
let closing = false;

function report(message: WardenReport): void {
  // The parent may end while we speak; that is what `disconnect` is for.
  if (process.connected) process.send?.(message, () => undefined);
}

function openLog(path: string): number {
  const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  if (size > logRotationBytes) renameSync(path, `${path}.1`);
  return openSync(path, 'a', 0o644);
}

function start(request: StartRequest): void {
  if (closing) return;
  let log: number | undefined;
  try {
    log = openLog(request.logFile);
    const child = spawn(request.command, request.args, {
      cwd: request.cwd,
      env: request.env,
      stdio: ['ignore', log, log],
      // A group of its own, so that whatever it starts can be ended with it.
      detached: true,
      ...request.user,
    });
    child.once('error', (error) => {
      if (child.pid === undefined) report({ kind: 'failed', id: request.id, message: error.message });
    });
    const { pid } = child;
    if (pid === undefined) return;
    const ended = new Promise<void>((resolve) => {
      child.once('exit', (code, signal) => {
        wards.delete(request.id);
        signalProcess(pid, 'SIGKILL', 'group');
        report({ kind: 'exited', id: request.id, code, signal });
        resolve();
      });
    });
    wards.set(request.id, { child, pid, request, ended });
    report({ kind: 'started', id: request.id, pid });
  } catch (error) {
    report({ kind: 'failed', id: request.id, message: error instanceof Error ? error.message : String(error) });
  } finally {
    if (log !== undefined) closeSync(log);
  }
}

async function end(ward: Ward): Promise<void> {
  // One that its parent had suspended would never see the signal.
  signalProcess(ward.pid, 'SIGCONT', 'group');
  signalProcess(ward.pid, ward.request.stopSignal, 'group');
  await Promise.race([ward.ended, delay(ward.request.graceMs)]);
  signalProcess(ward.pid, 'SIGKILL', 'group');
  await ward.ended;
}

async function endAll(): Promise<void> {
  if (closing) return;
  closing = true;
  await Promise.all([...wards.values()].map(end));
  process.exit(0);
}

process.on('message', (message: StartRequest) => start(message));
process.on('disconnect', () => void endAll());
process.on('SIGTERM', () => void endAll());
process.on('SIGINT', () => undefined);
process.on('SIGHUP', () => undefined);
