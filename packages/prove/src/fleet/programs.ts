import { fileURLToPath } from 'node:url';
import { branches } from '../workload/contracts.ts';

/** A process of the workload: what is run, and with which variables. */
export interface WorkloadProcess {
  readonly name: string;
  /** Whose tables it works on: `east`, `west`, `office` or `archive`; none for the outside. */
  readonly database: string | undefined;
  readonly kind: ProcessKind;
  readonly script: string;
  /** Modules that it loads first (`node --import`). */
  readonly imports: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Answers 200 once it can work; none for a process that does not say. */
  readonly readyUrl: string | undefined;
}

/** What a process does; faults are shared out over the kinds. */
export type ProcessKind = 'branch' | 'office' | 'archive' | 'relay' | 'outside';

/** The databases of the workload. */
export const databases = [...branches, 'office', 'archive'] as const;

const instances = [1, 2] as const;

/** The names of all processes of the workload. */
export const processNames: readonly string[] = [
  'outside',
  ...[...branches, 'office', 'archive'].flatMap((name) => instances.map((instance) => `${name}-${instance}`)),
  'east-relay',
];

export interface ProgramsOptions {
  readonly seed: string;
  readonly historyDir: string;
  readonly loadFile: string;
  readonly registryUrl: string;
  readonly kafkaBrokers: string;
  /** The URL of a database for one process, which may lead through a proxy. */
  readonly databaseUrl: (database: string, process: string) => string;
  /** A port of its own for each process. */
  readonly portOf: (process: string) => number;
  /** Operations a second that each process of a branch begins. */
  readonly rate: number;
  readonly serviceToken: string;
  /** What the consumers suffer from their own delivery, as `@waybill/testing/faults` reads it. */
  readonly deliveryFaults: string | undefined;
}

const scriptOf = (name: string) => fileURLToPath(new URL(`../workload/${name}.ts`, import.meta.url));
const host = 'http://127.0.0.1';
/** Services run traced, as they are meant to; what stands alone does not, so that both ways are tried. */
const traced = [import.meta.resolve('@waybill/telemetry/register')];

/** All processes of the workload: two of each service, a relay that stands alone, and the world outside. */
export function workloadProcesses(options: ProgramsOptions): readonly WorkloadProcess[] {
  const outside = options.portOf('outside');
  const common = {
    WORKLOAD_SEED: options.seed,
    WORKLOAD_HISTORY: options.historyDir,
  };
  const service = (name: string, database: string) => ({
    ...common,
    WORKLOAD_PROCESS: name,
    HTTP_PORT: String(options.portOf(name)),
    DATABASE_URL: options.databaseUrl(database, name),
    KAFKA_BROKERS: options.kafkaBrokers,
    SCHEMA_REGISTRY_URL: options.registryUrl,
    SERVICE_TOKEN: options.serviceToken,
    SNAPSHOT_INTERVAL_MS: '2000',
    LOG_LEVEL: 'info',
    OTEL_SERVICE_NAME: name,
    OTEL_TRACES_SAMPLER_ARG: '0.1',
    PRODUCER_URLS: [...branches, 'office']
      .map((context) => `${context}=${host}:${options.portOf(`${context}-1`)}`)
      .join(),
  });
  const ready = (name: string) => `${host}:${options.portOf(name)}/readyz`;
  const faults = options.deliveryFaults === undefined ? {} : { WAYBILL_FAULTS: options.deliveryFaults };

  const ofBranches = branches.flatMap((branch) =>
    instances.map((instance): WorkloadProcess => {
      const name = `${branch}-${instance}`;
      const env = {
        ...service(name, branch),
        WORKLOAD_BRANCH: branch,
        WORKLOAD_LOAD_FILE: options.loadFile,
        WORKLOAD_RATE: String(options.rate),
      };
      return {
        ...{ name, database: branch, kind: 'branch', script: scriptOf('branch'), imports: traced, env },
        readyUrl: ready(name),
      };
    }),
  );
  const followers = (kind: 'office' | 'archive') =>
    instances.map((instance): WorkloadProcess => {
      const name = `${kind}-${instance}`;
      const env = { ...service(name, kind), ...faults, WORKLOAD_OUTSIDE_URL: `${host}:${outside}` };
      return { name, database: kind, kind, script: scriptOf(kind), imports: traced, env, readyUrl: ready(name) };
    });
  const relay = {
    DATABASE_URL: options.databaseUrl('east', 'east-relay'),
    KAFKA_BROKERS: options.kafkaBrokers,
    MIGRATE: 'run',
  };
  return [
    {
      name: 'outside',
      database: undefined,
      kind: 'outside',
      script: scriptOf('outside'),
      imports: [],
      env: { ...common, WORKLOAD_PROCESS: 'outside', HTTP_PORT: String(outside) },
      readyUrl: `${host}:${outside}/healthz`,
    },
    ...ofBranches,
    ...followers('office'),
    ...followers('archive'),
    {
      ...{ name: 'east-relay', database: 'east', kind: 'relay', script: scriptOf('relay'), imports: [], env: relay },
      readyUrl: undefined,
    },
  ];
}
