import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { FromProgram, ProgramOrder, ToProgram } from './program.ts';
import { type Usage, usageOf } from './usage.ts';

const main = fileURLToPath(new URL('main.ts', import.meta.url));

/** A program in a process of its own. */
export interface LaunchedProgram {
  readonly pid: number;
  usage(): Usage;
  /** Has it do its work; answers what its `go` does. One at a time. @throws Error when the program failed. */
  go(task?: unknown): Promise<unknown>;
  /** Rejects when the program fails or dies; never fulfils. To race against. */
  readonly failure: Promise<never>;
  /** Ends it by SIGKILL. */
  kill(): void;
  /** Ends it; answers what its `stop` does, or `undefined` when it had to be killed. */
  stop(): Promise<unknown>;
}

const STOP_DEADLINE_MS = 30_000;

const running = new Set<ChildProcess>();

/** Ends by SIGKILL what a run that failed has left: while a process is there, the bench's own does not end either. */
export function killAllLaunched(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** How a process is started, beside what it is. */
export interface LaunchOptions {
  /** Traced as services are: every span exported to an OTLP receiver, of a share of the traces. */
  readonly tracing?: Tracing | undefined;
}

export interface Tracing {
  /** Base of the OTLP receiver. */
  readonly endpoint: string;
  /** The share of traces that is kept, 0 to 1. */
  readonly ratio: number;
}

/** As `./waybill relay` runs it (the guide, "A relay alone"). */
const OUR_RELAY = ['--max-semi-space-size=2'];

function isOurRelay(order: ProgramOrder): boolean {
  return order.kind === 'relay' && order.name === 'waybill';
}

/** Starts a process for the program and waits until it is ready. @throws Error with the program's own message. */
export async function launch(order: ProgramOrder, { tracing }: LaunchOptions = {}): Promise<LaunchedProgram> {
  const child = fork(main, {
    execArgv: [
      ...(isOurRelay(order) ? OUR_RELAY : []),
      ...(tracing === undefined ? [] : ['--import', import.meta.resolve('@waybill/telemetry/register')]),
    ],
    serialization: 'advanced',
    env: {
      ...process.env,
      KAFKAJS_NO_PARTITIONER_WARNING: '1',
      NODE_NO_WARNINGS: '1',
      ...(tracing === undefined ? {} : tracingVariables(order.name, tracing)),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  running.add(child);
  child.once('exit', () => running.delete(child));
  const failed = Promise.withResolvers<never>();
  failed.promise.catch(() => undefined);
  const answers = new Answers(child, order, failed.reject);
  const send = (message: ToProgram) => {
    if (child.connected) child.send(message, () => undefined);
  };
  send({ kind: 'order', order });
  await Promise.race([answers.next('ready'), failed.promise]);
  const pid = child.pid ?? 0;
  return {
    pid,
    failure: failed.promise,
    usage: () => usageOf(pid),
    async go(task) {
      const went = answers.next('went');
      send({ kind: 'go', task });
      return Promise.race([went, failed.promise]);
    },
    kill: () => void child.kill('SIGKILL'),
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return undefined;
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS);
      const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
      send({ kind: 'stop' });
      const value = await Promise.race([answers.next('stopped'), exited.then(() => undefined)]);
      await exited;
      clearTimeout(timer);
      return value;
    },
  };
}

function tracingVariables(name: string, { endpoint, ratio }: Tracing): Readonly<Record<string, string>> {
  return {
    OTEL_SERVICE_NAME: name,
    OTEL_EXPORTER_OTLP_ENDPOINT: endpoint,
    OTEL_TRACES_SAMPLER_ARG: String(ratio),
  };
}

/** What the program says, each awaited by its kind. */
class Answers {
  readonly #waiting = new Map<FromProgram['kind'], PromiseWithResolvers<unknown>>();

  constructor(child: ChildProcess, { kind, name }: ProgramOrder, fail: (reason: Error) => void) {
    child.on('message', (message) => {
      const answer = message as FromProgram;
      if (answer.kind === 'failed') fail(new Error(`${kind} ${name}: ${answer.message}`));
      else {
        const waiting = this.#of(answer.kind);
        this.#waiting.delete(answer.kind);
        waiting.resolve('value' in answer ? answer.value : undefined);
      }
    });
    child.once('exit', (code, signal) => {
      fail(new Error(`The process of ${kind} ${name} ended with ${signal ?? `status ${code}`}; see its output above.`));
    });
  }

  next(kind: FromProgram['kind']): Promise<unknown> {
    return this.#of(kind).promise;
  }

  #of(kind: FromProgram['kind']): PromiseWithResolvers<unknown> {
    const existing = this.#waiting.get(kind) ?? Promise.withResolvers<unknown>();
    this.#waiting.set(kind, existing);
    return existing;
  }
}
