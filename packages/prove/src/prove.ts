import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ProofReport } from '@waybill/checker';
import { type ProgressStep, runningEnvironment, startEnvironment, stopEnvironment } from '@waybill/infra';
import type { Logger } from '@waybill/messaging';
import type { FaultForm } from './faults/schedule.ts';
import { judgeRun } from './judge-run.ts';
import { startLinks } from './network/links.ts';
import { seededRandom } from './random.ts';
import { runWorkload } from './run-workload.ts';
import { ProveSettingError } from './settings.ts';
import { prepare } from './setup/prepare.ts';
import { startFleet } from './setup/start-fleet.ts';

export interface ProveOptions {
  readonly seed: string;
  /** For how long load and faults last. */
  readonly minutes: number;
  readonly forms: readonly FaultForm[];
  /** A directory for this run alone; what an earlier run left in it is removed. */
  readonly stateDir: string;
  /** A known mistake that the processes of the workload run with; see `patches`. */
  readonly patch: string | undefined;
  readonly log: Logger;
  readonly onEnvironment: (step: ProgressStep) => void;
  /** Something happened that stays of interest. */
  readonly onProgress: (line: string) => void;
  /** How things stand at this moment. */
  readonly onStatus: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What came of a run. */
export interface ProveResult {
  readonly report: ProofReport;
  /** The report as one HTML file. */
  readonly reportFile: string;
}

/** Remembers how to undo a step, for the end of the run. */
export type OnEnd = (undo: () => Promise<unknown>) => void;

/**
 * Runs the workload under faults on servers of its own, waits until it is at rest, and has the checker judge.
 * @throws {ProveSettingError} when a run with that seed is under way; what the signal was aborted with, when it was.
 */
export async function prove(options: ProveOptions): Promise<ProveResult> {
  const { stateDir, seed, signal, log } = options;
  if (runningEnvironment(stateDir) !== undefined)
    throw new ProveSettingError(`Seed ${seed} is being run already. Wait for it, or give another --seed.`);
  await stopEnvironment(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
  mkdirSync(stateDir, { recursive: true });

  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await run(options, (step) => void undo.unshift(step));
  } finally {
    for (const step of undo) {
      await step().catch((error: unknown) =>
        log.warn({ err: error }, `Something could not be stopped: ${String(error)}`),
      );
    }
    signal.throwIfAborted();
  }
}

/** Removes the data of the servers; what tells of the run stays. */
export function forgetData(stateDir: string): void {
  for (const server of ['postgres', 'kafka', 'registry'])
    rmSync(join(stateDir, server), { recursive: true, force: true });
}

async function run(options: ProveOptions, onEnd: OnEnd): Promise<ProveResult> {
  const { seed, stateDir, log, onEnvironment } = options;
  const links = await startLinks(seededRandom(`${seed} links`));
  onEnd(links.close);
  const environment = await startEnvironment({
    purpose: 'prove',
    // Its servers are killed and brought back, so that they must be processes of ours.
    mode: 'local',
    stateDir,
    brokerProxyPort: links.kafka.port,
    progress: onEnvironment,
  });
  onEnd(environment.stop);
  links.leadTo(environment);
  await prepare(environment, log);
  const stage = await startFleet({ environment, links, options, onEnd });
  const ran = await runWorkload(stage, options);
  await stage.fleet.stop();
  return judgeRun(stage, options, ran);
}
