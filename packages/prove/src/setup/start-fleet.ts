import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '@waybill/infra';
import type { FaultForm } from '../faults/schedule.ts';
import { Fleet } from '../fleet/fleet.ts';
import { databases, processNames, workloadProcesses } from '../fleet/programs.ts';
import { type History, openHistory } from '../history/history.ts';
import type { Links } from '../network/links.ts';
import { freePorts } from '../network/ports.ts';
import type { OnEnd, ProveOptions } from '../prove.ts';
import { seededRandom } from '../random.ts';
import { databaseUrl } from './prepare.ts';
import { installWitness } from './witness.ts';

/** The workload, up, with all that is done to it and written down of it. */
export interface Stage {
  readonly environment: Environment;
  readonly links: Links;
  readonly fleet: Fleet;
  readonly history: History;
  readonly historyDir: string;
  /** Operations are begun for as long as it is there. */
  readonly loadFile: string;
  /** A database by its name, not through a proxy. */
  readonly databaseUrl: (database: string) => string;
}

/** Operations a second that each of the four processes of the branches begins. */
export const operationsPerSecond = 15;

/** Starts every process of the workload, waits until all can work, and puts the witnesses into their databases. */
export async function startFleet(from: {
  readonly environment: Environment;
  readonly links: Links;
  readonly options: ProveOptions;
  readonly onEnd: OnEnd;
}): Promise<Stage> {
  const { environment, links, options, onEnd } = from;
  const { seed, stateDir, forms, patch, signal, onProgress } = options;
  const { postgresUrl, registryUrl } = environment;
  const historyDir = join(stateDir, 'history');
  const loadFile = join(stateDir, 'load');
  const history = openHistory(join(historyDir, 'driver.jsonl'), 'driver');
  onEnd(async () => Promise.resolve(history.close()));
  const direct = (database: string) => databaseUrl(postgresUrl, database);
  const ports = await freePorts(processNames);
  const fleet = new Fleet({
    processes: workloadProcesses({
      seed,
      historyDir,
      loadFile,
      registryUrl,
      kafkaBrokers: `127.0.0.1:${links.kafka.port}`,
      databaseUrl: (database) => databaseUrl(postgresUrl, database, links.postgres.port),
      portOf: (name) => ports.get(name) ?? 0,
      rate: operationsPerSecond,
      serviceToken: randomBytes(24).toString('hex'),
      deliveryFaults: forms.includes('delivery') ? deliveryFaults(seed) : undefined,
    }),
    logDir: join(stateDir, 'logs'),
    imports: preloaded(forms, patch),
    env: patch === undefined ? {} : { WAYBILL_PATCH: patch },
    random: seededRandom(`${seed} restarts`),
    onGivenUp: (name, error) => onProgress(`${name} could not be started again: ${String(error)}`),
    onEnded: (name, { code, signal: by }, asked) => {
      const how = by ?? `status ${code}`;
      history.note({ kind: 'ended', target: name, how, expected: asked === 'asked' });
      if (asked === 'by-itself') onProgress(`${name} ended by itself (${how})`);
    },
  });
  onEnd(() => fleet.stop());
  await fleet.start();
  await fleet.ready(signal);
  for (const database of databases) await installWitness(direct(database));
  onProgress(`${fleet.processes.length} processes are up`);
  return { environment, links, fleet, history, historyDir, loadFile, databaseUrl: direct };
}

function preloaded(forms: readonly FaultForm[], patch: string | undefined): readonly string[] {
  return [
    ...(patch === undefined ? [] : [import.meta.resolve('../patches/register.ts')]),
    ...(forms.includes('delivery') ? [import.meta.resolve('@waybill/testing/faults')] : []),
  ];
}

/** What happens to the consumers' own deliveries: records held back, some for longer than a gap is waited for. */
function deliveryFaults(seed: string): string {
  return JSON.stringify({
    // Each record's fate follows from it and the record's place alone.
    seed: seededRandom(seed).whole(1, 1_000_000),
    delayOneOf: 300,
    delayMs: [200, 1_500],
    withholdOneOf: 1_500,
    withholdMs: 6_000,
  });
}
