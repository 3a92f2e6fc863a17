import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { judgeProof, loadProof, proofTopics, type ProofReport } from '@waybill/checker';
import {
  type Environment,
  type ProgressStep,
  runningEnvironment,
  startEnvironment,
  stopEnvironment,
} from '@waybill/infra';
import type { Logger } from '@waybill/messaging';
import { untilAtRest } from './at-rest.ts';
import { startAuditor } from './audits.ts';
import { runSchedule } from './faults/run-schedule.ts';
import { type FaultForm, planFaults } from './faults/schedule.ts';
import { Fleet } from './fleet/fleet.ts';
import { databases, processNames, workloadProcesses } from './fleet/programs.ts';
import { openHistory } from './history/history.ts';
import { type Links, startLinks } from './network/links.ts';
import { freePorts } from './network/ports.ts';
import { seededRandom } from './random.ts';
import { ProveSettingError } from './settings.ts';
import { writeReport } from './report/write-report.ts';
import { databaseUrl, prepare } from './setup/prepare.ts';
import { installWitness } from './setup/witness.ts';
import { branches } from './workload/contracts.ts';

export interface ProveOptions {
  readonly seed: string;
  readonly minutes: number;
  readonly forms: readonly FaultForm[];
  /** A directory for this run alone; what an earlier run left in it is removed. */
  readonly stateDir: string;
  /** Modules that each process of the workload loads first. */
  readonly imports: readonly string[];
  readonly log: Logger;
  readonly onEnvironment: (step: ProgressStep) => void;
  readonly onProgress: (line: string) => void;
  readonly signal: AbortSignal;
}

/** What came of a run. */
export interface ProveResult {
  readonly report: ProofReport;
  /** The report as one HTML file. */
  readonly reportFile: string;
}

/** Operations a second that each of the four processes of the branches begins. */
const rate = 15;
const stuckAfterMs = 60_000;

/** Runs the workload under faults, waits until it is at rest, and has the checker judge. */
export async function prove(options: ProveOptions): Promise<ProveResult> {
  const { stateDir, seed, signal } = options;
  if (runningEnvironment(stateDir) !== undefined)
    throw new ProveSettingError(`Seed ${seed} is being run already. Wait for it, or give another --seed.`);
  await stopEnvironment(stateDir);
  rmSync(stateDir, { recursive: true, force: true });
  mkdirSync(stateDir, { recursive: true });

  const undo: (() => Promise<unknown>)[] = [];
  try {
    return await run(options, (step) => void undo.unshift(step));
  } finally {
    for (const step of undo)
      await step().catch((error: unknown) => options.log.warn({ err: error }, 'could not be stopped'));
    signal.throwIfAborted();
  }
}

async function run(options: ProveOptions, onEnd: (step: () => Promise<unknown>) => void): Promise<ProveResult> {
  const { seed, stateDir } = options;
  const loadMs = options.minutes * 60_000;
  const links = await startLinks(seededRandom(`${seed} links`));
  onEnd(links.close);
  const environment = await startEnvironment({
    purpose: 'prove',
    mode: 'local',
    stateDir,
    brokerProxyPort: links.kafka.port,
    progress: options.onEnvironment,
  });
  links.leadTo(environment);
  onEnd(environment.stop);
  await prepare(environment, options.log);
  return runOn(environment, links, { ...options, loadMs }, onEnd);
}

async function runOn(
  environment: Environment,
  links: Links,
  options: ProveOptions & { readonly loadMs: number },
  onEnd: (step: () => Promise<unknown>) => void,
): Promise<ProveResult> {
  const { seed, stateDir, signal, onProgress, loadMs, forms } = options;
  const historyDir = join(stateDir, 'history');
  const loadFile = join(stateDir, 'load-until');
  const history = openHistory(join(historyDir, 'driver.jsonl'), 'driver');
  onEnd(() => Promise.resolve(history.close()));
  const direct = (database: string) => databaseUrl(environment.postgresUrl, database);
  const ports = await freePorts(processNames);
  const processes = workloadProcesses({
    seed,
    historyDir,
    loadFile,
    registryUrl: environment.registryUrl,
    kafkaBrokers: `127.0.0.1:${links.kafka.port}`,
    databaseUrl: (database) => databaseUrl(environment.postgresUrl, database, links.postgres.port),
    portOf: (name) => ports.get(name) ?? 0,
    rate,
    serviceToken: randomBytes(24).toString('hex'),
    deliveryFaults: forms.includes('delivery') ? deliveryFaults(seed) : undefined,
  });
  const fleet = new Fleet({
    processes,
    logDir: join(stateDir, 'logs'),
    imports: [
      ...options.imports,
      ...(forms.includes('delivery') ? [import.meta.resolve('@waybill/testing/faults')] : []),
    ],
    onEnded: (name, { code, signal: by }, asked) => {
      history.note({ kind: 'ended', target: name, how: by ?? `status ${code}`, expected: asked === 'asked' });
      if (asked === 'by-itself') onProgress(`${name} ended by itself (${by ?? `status ${code}`})`);
    },
  });
  onEnd(() => fleet.stop());
  await fleet.start();
  await fleet.ready(signal);
  for (const database of databases) await installWitness(direct(database));
  onProgress(`${processes.length} processes are up`);

  const victims = processes.filter(({ kind }) => kind !== 'outside').map(({ name }) => name);
  const faults = planFaults({ seed, forms, loadMs, processes: victims, branches });
  const over = new AbortController();
  signal.addEventListener('abort', () => over.abort(), { once: true });
  const stage = {
    fleet,
    servers: environment.components ?? [],
    links,
    broker: { brokers: environment.kafkaBrokers, clientId: 'stranger', log: options.log },
    databaseUrl: direct,
    random: seededRandom(`${seed} faults under way`),
    signal: over.signal,
  };
  const loadEndsAt = Date.now() + loadMs;
  writeFileSync(loadFile, String(loadEndsAt));
  history.note({ kind: 'load', phase: 'begin' });
  const auditor = startAuditor(['office', 'archive'], direct, loadMs);
  await runSchedule({
    stage,
    faults,
    history,
    onFault: ({ form, target, atMs }, phase, detail) =>
      phase === 'end' && onProgress(`${String(Math.round(atMs / 1000)).padStart(4)} s  ${form} ${target}: ${detail}`),
  });
  signal.throwIfAborted();
  await pause(Math.max(0, loadEndsAt - Date.now()), undefined, { signal });
  history.note({ kind: 'load', phase: 'end' });
  for (const name of victims) fleet.signal(name, 'SIGCONT');

  const { outcome, left } = await untilAtRest({
    databaseUrl: direct,
    kafkaBrokers: environment.kafkaBrokers,
    topics: proofTopics,
    signal,
    stuckAfterMs,
    onProgress: ({ behind, waiting, unseen }) =>
      onProgress(`to be done: ${behind} deliveries, ${waiting} parked, ${unseen} events not seen`),
  });
  history.note({ kind: 'at-rest', outcome, detail: JSON.stringify(left) });
  const audits = await auditor.finish();
  await fleet.stop();

  const databaseUrls = Object.fromEntries(databases.map((database) => [database, direct(database)]));
  const { kafkaBrokers, registryUrl } = environment;
  const evidence = await loadProof({ databases: databaseUrls, kafkaBrokers, registryUrl, historyDir }, audits);
  const doubts = outcome === 'stuck' ? [`nothing moved for ${stuckAfterMs / 1000} s: ${JSON.stringify(left)}`] : [];
  const report = judgeProof(
    { ...evidence, unread: [...evidence.unread, ...doubts] },
    { faults: forms, operations: Math.round((loadMs / 1000) * rate * leastShare) },
  );
  const reportFile = join(stateDir, 'report.html');
  writeReport({ file: reportFile, seed, minutes: options.minutes, evidence, from: evidence.load.from, report });
  return { report, reportFile };
}

/** The share of the operations that faults may not take from the load. */
const leastShare = 0.5;

/** The consumers' own deliveries: records held back, some for longer than a gap is waited for. */
function deliveryFaults(seed: string): string {
  return JSON.stringify({
    seed: Number.parseInt(seed.replaceAll(/\D/g, '') || '1', 10) % 1_000_000,
    delayOneOf: 300,
    delayMs: [200, 1_500],
    withholdOneOf: 1_500,
    withholdMs: 6_000,
  });
}
