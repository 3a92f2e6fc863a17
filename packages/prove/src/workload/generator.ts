import { existsSync } from 'node:fs';
import type { BackgroundTask, ServiceRuntime } from '@waybill/service';
import { setTimeout as pause } from 'node:timers/promises';
import type { History } from '../history/history.ts';
import type { Outcome } from '../history/lines.ts';
import type { Random } from '../random.ts';
import { carryOut } from './carry-out.ts';
import type { branchContracts } from './contracts.ts';
import { planOperation, type OperationPlan } from './operations.ts';

export interface GeneratorOptions {
  readonly runtime: ServiceRuntime;
  readonly contracts: ReturnType<typeof branchContracts>;
  readonly history: History;
  /** `east-1.3`: begins the name of each operation, and is no other run's of a process. */
  readonly name: string;
  readonly random: Random;
  /** Operations are begun for as long as it is there. */
  readonly loadFile: string;
  /** Operations begun in a second, about. */
  readonly rate: number;
}

/** Operations under way at the same time. */
const lanes = 3;

/** Begins operations for as long as the load file says, and writes each down before and after it. */
export async function generate(options: GeneratorOptions, signal: AbortSignal): Promise<void> {
  let count = 0;
  const lane = async () => {
    while (!signal.aborted) {
      const waitMs = Math.min(2_000, (-Math.log(1 - options.random.next()) * 1_000 * lanes) / options.rate);
      await pause(waitMs, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) return;
      if (!isLoadOn(options.loadFile)) {
        await pause(100, undefined, { signal }).catch(() => undefined);
        continue;
      }
      count += 1;
      await operate(options, `${options.name}.${count}`, planOperation(options.random));
    }
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}

/** The generator as a task of a service, which ends with it. */
export function generatorTask(options: GeneratorOptions): BackgroundTask {
  return { name: 'workload', intervalMs: 50, run: async (signal) => generate(options, signal) };
}

async function operate(options: GeneratorOptions, operation: string, plan: OperationPlan): Promise<void> {
  const { history, runtime } = options;
  const accounts = plan.form === 'rollback' || plan.form === 'refused' ? [] : plan.steps.map(({ account }) => account);
  history.note({ kind: 'begin', operation, form: plan.form, accounts });
  let atCommit = false;
  let outcome: Outcome = 'ok';
  let problem: unknown;
  try {
    await runtime.transaction(async (tx) => {
      await carryOut(options, tx, operation, plan);
      atCommit = true;
    });
  } catch (error) {
    // Before its COMMIT was sent, a transaction cannot have taken effect; after that, only the database knows.
    outcome = atCommit ? 'unknown' : 'failed';
    problem = error;
  }
  const error = problem instanceof Error ? { error: problem.name } : {};
  history.note({ kind: 'end', operation, outcome, ...error });
}

let seen = { at: 0, isOn: false };

/** Looks for the file four times a second at most. */
function isLoadOn(file: string): boolean {
  const now = Date.now();
  if (now - seen.at > 250) seen = { at: now, isOn: existsSync(file) };
  return seen.isOn;
}
