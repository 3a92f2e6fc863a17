import { rmSync, writeFileSync } from 'node:fs';
import { type Audit, proofTopics } from '@waybill/checker';
import type { Logger } from '@waybill/messaging';
import { untilAtRest } from './at-rest.ts';
import { startAuditor } from './audits.ts';
import { RunClock } from './faults/run-clock.ts';
import { runSchedule } from './faults/run-schedule.ts';
import { type PlannedFault, planFaults } from './faults/schedule.ts';
import { type FaultStage, until } from './faults/stage.ts';
import type { ProveOptions } from './prove.ts';
import { seededRandom } from './random.ts';
import type { Stage } from './setup/start-fleet.ts';
import { branches } from './workload/contracts.ts';

/** What a run left beside what lies in the servers and the histories. */
export interface Ran {
  readonly audits: readonly Audit[];
  /** Why the run should not be trusted, if there is a reason. */
  readonly doubts: readonly string[];
}

/** What strangers meet with is their own business. */
const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

const stuckAfterMs = 60_000;
const statusEveryMs = 1_000;

/** Puts the load on, does the faults, takes the load off, and waits until all is done or nothing moves any more. */
export async function runWorkload(stage: Stage, options: ProveOptions): Promise<Ran> {
  const { history, loadFile, environment } = stage;
  const { signal, onStatus } = options;
  const auditor = startAuditor(['office', 'archive'], stage.databaseUrl, loadMsOf(options));
  try {
    writeFileSync(loadFile, '');
    history.note({ kind: 'load', phase: 'begin' });
    await disturb(stage, options);
    signal.throwIfAborted();
    rmSync(loadFile);
    history.note({ kind: 'load', phase: 'end' });

    const { outcome, left } = await untilAtRest({
      databaseUrl: stage.databaseUrl,
      kafkaBrokers: environment.kafkaBrokers,
      topics: proofTopics,
      signal,
      stuckAfterMs,
      onProgress: ({ behind, waiting, unseen }) =>
        onStatus(`   to be done: ${behind} deliveries, ${waiting} parked events, ${unseen} events not seen`),
    });
    history.note({ kind: 'at-rest', outcome, detail: JSON.stringify(left) });
    const audits = await auditor.finish();
    const doubts = outcome === 'stuck' ? [`nothing moved for ${stuckAfterMs / 1_000} s: ${JSON.stringify(left)}`] : [];
    return { audits, doubts };
  } finally {
    auditor.stop();
  }
}

function loadMsOf({ minutes }: ProveOptions): number {
  return minutes * 60_000;
}

/** Does every fault of the plan, for as long as the load lasts. */
async function disturb(stage: Stage, options: ProveOptions): Promise<void> {
  const { fleet, history, environment } = stage;
  const { seed, forms, signal, onProgress, onStatus } = options;
  const loadMs = loadMsOf(options);
  // What the outside does cannot be brought back, so that it is left alone.
  const processes = fleet.processes.filter(({ kind }) => kind !== 'outside').map(({ name }) => name);
  const faultStage: FaultStage = {
    fleet,
    servers: environment.components ?? [],
    down: new Set(),
    links: stage.links,
    broker: { brokers: environment.kafkaBrokers, clientId: 'stranger', log: silent },
    databaseUrl: stage.databaseUrl,
    random: seededRandom(`${seed} faults under way`),
    clock: new RunClock(),
    signal,
  };
  const underWay = new Map<number, PlannedFault>();
  const showing = setInterval(() => {
    const now = [...underWay.values()].map(({ form, target }) => `${form} ${target}`).join(', ');
    onStatus(`   ${Math.round(faultStage.clock.elapsedMs / 1_000)} of ${loadMs / 1_000} s  ${now}`);
  }, statusEveryMs);
  try {
    await runSchedule({
      stage: faultStage,
      faults: planFaults({ seed, forms, loadMs, processes, branches }),
      history,
      onFault: (fault, phase, detail) => {
        if (phase === 'begin') underWay.set(fault.id, fault);
        else underWay.delete(fault.id);
        const at = String(Math.round(fault.atMs / 1_000)).padStart(4);
        if (phase === 'end') onProgress(`${at} s  ${fault.form} ${fault.target}: ${detail}`);
      },
    });
    await until(faultStage, loadMs);
  } finally {
    clearInterval(showing);
  }
}
