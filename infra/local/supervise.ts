import { type ChildProcess, fork } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { EnvironmentError } from '../environment/error.ts';
import { signalProcess } from './process-identity.ts';
import type { StartRequest, WardenReport } from './warden-protocol.ts';

/** How a child ended: one of the two is null. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

export interface SuperviseOptions {
  /** For messages. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Added to this process's own variables; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  /** Standard output and error are appended here. One beyond 16 MiB at the start is set aside as `<file>.1`. */
  readonly logFile: string;
  /** Called once, when the child has ended, for whatever reason. */
  readonly onExit?: (exit: ProcessExit) => void;
  /** What asks this program to end in good order: SIGTERM unless said otherwise. */
  readonly stopSignal?: NodeJS.Signals;
  /** From the stop signal to SIGKILL when this process has died, in milliseconds: 5,000 unless said otherwise. */
  readonly graceMs?: number;
  /** Run as another user; needs root. */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/** A child that cannot outlive this process. */
export interface SupervisedProcess {
  /** The child's own pid (not the warden's), and that of the process group that it leads. */
  readonly pid: number;
  /** Sends a signal to the child alone, at once; SIGKILL and SIGSTOP are for those who try faults. */
  kill(signal: NodeJS.Signals): void;
  /** Resolves when it has ended; never rejects. */
  readonly exited: Promise<ProcessExit>;
  /** Sends the stop signal, and SIGKILL to its whole group when it is still there after the deadline. */
  stop(deadlineMs?: number): Promise<ProcessExit>;
}

interface Pending {
  started(pid: number): void;
  failed(message: string): void;
  ended(exit: ProcessExit): void;
}

/** The warden of this process: started with the first child, kept for the next ones. */
class WardenLink {
  readonly #pending = new Map<number, Pending>();
  readonly #process: ChildProcess;
  #nextId = 1;
  gone = false;

  get pid(): number {
    return this.#process.pid ?? 0;
  }

  constructor() {
    this.#process = fork(fileURLToPath(new URL('warden.ts', import.meta.url)), [], {
      detached: true,
      stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      execArgv: ['--disable-warning=ExperimentalWarning'],
    });
    this.#process.on('message', (message: WardenReport) => this.#receive(message));
    this.#process.once('exit', () => this.#end());
    this.#process.once('error', () => this.#end());
    this.#hold();
  }

  start(request: Omit<StartRequest, 'kind' | 'id'>, pending: Pending): void {
    const id = this.#nextId;
    this.#nextId += 1;
    this.#pending.set(id, pending);
    this.#hold();
    this.#process.send({ kind: 'start', id, ...request } satisfies StartRequest, (error) => {
      if (error !== null) pending.failed(error.message);
    });
  }

  #receive(message: WardenReport): void {
    const pending = this.#pending.get(message.id);
    if (message.kind === 'started') pending?.started(message.pid);
    if (message.kind === 'failed') pending?.failed(message.message);
    if (message.kind === 'exited') pending?.ended({ code: message.code, signal: message.signal });
    if (message.kind !== 'started') this.#pending.delete(message.id);
    this.#hold();
  }

  #end(): void {
    this.gone = true;
    for (const pending of this.#pending.values()) {
      pending.failed('the process that watches it ended');
      pending.ended({ code: null, signal: 'SIGKILL' });
    }
    this.#pending.clear();
  }

  /** A process with nothing under supervision is free to end. */
  #hold(): void {
    const method = this.#pending.size > 0 ? 'ref' : 'unref';
    this.#process[method]();
    this.#process.channel?.[method]();
  }
}

let link: WardenLink | undefined;

/** The pid of this process's warden, which ends only after all that it started. */
export function wardenPid(): number {
  return warden().pid;
}

function warden(): WardenLink {
  if (link === undefined || link.gone) link = new WardenLink();
  return link;
}

/**
 * Starts a child that cannot outlive this process: when this one ends, even by SIGKILL, the child gets its stop
 * signal, and SIGKILL after the grace. Whatever is left of the child's process group when the child ends is ended too.
 * @throws EnvironmentError `process.not-started` when the command cannot be run.
 */
export async function superviseProcess(options: SuperviseOptions): Promise<SupervisedProcess> {
  mkdirSync(dirname(options.logFile), { recursive: true });
  const { promise: exited, resolve: ended } = Promise.withResolvers<ProcessExit>();
  const stopSignal = options.stopSignal ?? 'SIGTERM';
  const graceMs = options.graceMs ?? 5000;
  let exit: ProcessExit | undefined;
  let startedPid: number | undefined;

  const pid = await new Promise<number>((resolve, reject) => {
    const request = {
      command: options.command,
      args: options.args,
      cwd: options.cwd ?? process.cwd(),
      env: withoutUndefined({ ...process.env, ...options.env }),
      logFile: options.logFile,
      stopSignal,
      graceMs,
      user: options.user,
    };
    warden().start(request, {
      started: (value) => {
        startedPid = value;
        resolve(value);
      },
      failed: (message) =>
        reject(
          new EnvironmentError(
            'process.not-started',
            `${options.name} could not be started: ${message}. Check that ${options.command} is there and may be run.`,
          ),
        ),
      ended: (value) => {
        if (exit !== undefined) return;
        exit = value;
        // Without its warden a child would be on its own, so that it is ended here.
        if (startedPid !== undefined) signalProcess(startedPid, 'SIGKILL', 'group');
        ended(value);
        options.onExit?.(value);
      },
    });
  });

  const send = (signal: NodeJS.Signals, target: 'process' | 'group') => {
    if (exit === undefined) signalProcess(pid, signal, target);
  };
  return {
    pid,
    exited,
    kill: (signal) => send(signal, 'process'),
    stop: async (deadlineMs = graceMs) => {
      send('SIGCONT', 'group');
      send(stopSignal, 'process');
      const patience = new AbortController();
      await Promise.race([exited, delay(deadlineMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
      patience.abort();
      send('SIGKILL', 'group');
      return exited;
    },
  };
}

function withoutUndefined(variables: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(variables).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
}
