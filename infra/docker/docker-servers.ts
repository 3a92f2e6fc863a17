import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { EnvironmentPurpose, ProgressStep } from '../environment/environment.ts';
import { EnvironmentError } from '../environment/error.ts';
import { confluentPath, images, postgresAccount } from '../environment/layout.ts';
import type { ServerComponent, Servers } from '../environment/servers.ts';
import { identify } from '../local/process-identity.ts';
import type { SupervisedProcess } from '../local/supervise.ts';
import { startComposed } from './composed.ts';
import { docker, engineAnswers, environmentName } from './engine.ts';
import { guardPatienceMs } from './guarded.ts';
import { ensureImage } from './image-supply.ts';
import { type ServerName, untilReachable } from './reachable.ts';

export interface DockerOptions {
  readonly purpose: EnvironmentPurpose;
  /** Absolute. */
  readonly stateDir: string;
  readonly lastPorts: Readonly<Record<string, number>>;
  readonly progress: (step: ProgressStep) => void;
}

/** What one of the two ways to start containers gets and gives. */
export interface ContainerOptions extends DockerOptions {
  readonly name: string;
  readonly servers: readonly ServerName[];
}

/** Containers that are up: the ports of the loopback address at which they answer, and what holds them. */
export interface Containers {
  readonly guard: SupervisedProcess;
  readonly ports: Readonly<Record<'postgres' | 'kafka' | 'registry', number>> &
    Readonly<Partial<Record<'jaeger' | 'otlp', number>>>;
  /** The engine's id of each container that keeps its port when it is started again. */
  readonly ids?: ReadonlyMap<ServerName, string>;
}

/**
 * Starts the servers in containers: by docker-compose.yml, with data that stays, for `up`; else each by itself, with
 * data that goes. Goes without Jaeger where its image cannot be had.
 * @throws EnvironmentError which names the other ways to an environment.
 */
export async function startDocker(options: DockerOptions): Promise<Servers> {
  const { stateDir, progress, purpose } = options;
  if (!(await engineAnswers())) {
    throw new EnvironmentError(
      'environment.no-engine',
      'No container engine answers, or its client lacks compose. Start Docker, or set WAYBILL_ENVIRONMENT=local to use plain processes.',
    );
  }
  await mkdir(join(stateDir, 'logs'), { recursive: true });
  const servers = await withImages(options);
  const containerOptions = { ...options, name: environmentName(stateDir), servers };
  // Loaded where it is needed alone: it is the heaviest package that there is here.
  const start = purpose === 'up' ? startComposed : (await import('./single-containers.ts')).startSingle;
  const containers = await start(containerOptions);
  try {
    const addresses = addressesOf(containers);
    const components = await Promise.all(
      servers.map(async (name) => {
        await untilReachable(name, addresses[name]);
        progress({ kind: 'state', component: name, state: 'ready', detail: shown(addresses[name]) });
        return component(name, addresses[name], containers);
      }),
    );
    return {
      addresses: {
        postgresUrl: addresses.postgres,
        kafkaBrokers: [addresses.kafka],
        registryUrl: addresses.registry,
        ownsRegistry: true,
        otlpUrl: containers.ports.otlp === undefined ? undefined : `http://127.0.0.1:${containers.ports.otlp}`,
        jaegerUrl: containers.ports.jaeger === undefined ? undefined : addresses.jaeger,
      },
      ports: purpose === 'up' ? definedOnly(containers.ports) : {},
      components,
      stop: async () => {
        progress({ kind: 'state', component: 'docker', state: 'stopping' });
        await containers.guard.stop(guardPatienceMs);
        progress({ kind: 'state', component: 'docker', state: 'stopped' });
      },
    };
  } catch (error) {
    await containers.guard.stop(guardPatienceMs);
    throw error;
  }
}

/** The servers whose images are there, or could be pulled. */
async function withImages({ stateDir, progress }: DockerOptions): Promise<readonly ServerName[]> {
  for (const name of ['postgres', 'kafka', 'registry'] as const) await ensureImage(images[name], stateDir, progress);
  try {
    await ensureImage(images.jaeger, stateDir, progress);
    return ['postgres', 'kafka', 'registry', 'jaeger'];
  } catch (error) {
    if (!(error instanceof EnvironmentError)) throw error;
    const detail = 'left out, since its image cannot be pulled';
    progress({ kind: 'state', component: 'jaeger', state: 'stopped', detail });
    return ['postgres', 'kafka', 'registry'];
  }
}

function addressesOf({ ports }: Containers): Readonly<Record<ServerName, string>> {
  const { user, password } = postgresAccount;
  return {
    postgres: `postgres://${user}:${password}@127.0.0.1:${ports.postgres}/postgres`,
    kafka: `127.0.0.1:${ports.kafka}`,
    registry: `http://127.0.0.1:${ports.registry}${confluentPath}`,
    jaeger: `http://127.0.0.1:${ports.jaeger ?? 0}`,
  };
}

function component(name: ServerName, address: string, { guard, ids }: Containers): ServerComponent {
  const process = identify(guard.pid) ?? { pid: guard.pid, startedAt: 'ended' };
  const id = ids?.get(name);
  if (id === undefined) return { name, address, process };
  const breakable = {
    kill: async () => {
      await docker(['kill', id]);
    },
    restart: async () => {
      await docker(['start', id]);
      await untilReachable(name, address);
    },
  };
  return { name, address, process, breakable };
}

function definedOnly(ports: Readonly<Record<string, number | undefined>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(ports).filter((entry): entry is [string, number] => entry[1] !== undefined));
}

/** Without the account. */
function shown(address: string): string {
  return URL.parse(address)?.host ?? address;
}
