import { fileURLToPath } from 'node:url';
import type { ProgressStep } from '../environment/environment.ts';
import { defaultPorts, portOffsets } from '../environment/layout.ts';
import { PortBook } from '../local/port-book.ts';
import { docker } from './engine.ts';
import type { ContainerOptions, Containers } from './docker-servers.ts';
import { guardLog, startGuard } from './guarded.ts';
import { followLines } from './log-lines.ts';
import type { ServerName } from './reachable.ts';

const composeFile = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));
/** Compose itself says after this many seconds what was not healthy. */
const healthySeconds = 180;

/** The variable of docker-compose.yml that chooses a port: `WAYBILL_KAFKA_PORT`. */
export function portVariable(name: string): string {
  return `WAYBILL_${name.toUpperCase().replaceAll('-', '_')}_PORT`;
}

/** Starts the servers of docker-compose.yml on free ports, with data in named volumes of the project. */
export async function startComposed(options: ContainerOptions): Promise<Containers> {
  const book = new PortBook(options.lastPorts);
  const choose = (name: keyof typeof defaultPorts) =>
    book.choose(name, defaultPorts[name] + portOffsets[options.purpose]);
  const ports = {
    postgres: await choose('postgres'),
    kafka: await choose('kafka'),
    registry: await choose('registry'),
    jaeger: await choose('jaeger'),
    otlp: await choose('otlp'),
  };
  const stopFollowing = followLines(guardLog(options.stateDir), (line) => {
    const step = composeStep(line, options.name);
    if (step !== undefined) options.progress(step);
  });
  try {
    const guard = await startGuard({
      name: options.name,
      stateDir: options.stateDir,
      startArguments: [
        ...['compose', '--project-name', options.name, '--file', composeFile, '--progress', 'plain'],
        ...['up', '--detach', '--wait', '--wait-timeout', String(healthySeconds), ...options.servers],
      ],
      env: Object.fromEntries(Object.entries(ports).map(([name, port]) => [portVariable(name), String(port)])),
      deadlineMs: (healthySeconds + 30) * 1000,
    });
    const ids = new Map(
      await Promise.all(options.servers.map(async (name) => [name, await containerOf(options.name, name)] as const)),
    );
    const { postgres, kafka, registry } = ports;
    return { guard, ids, ports: ids.has('jaeger') ? ports : { postgres, kafka, registry } };
  } finally {
    stopFollowing();
  }
}

function containerOf(project: string, server: ServerName): Promise<string> {
  const labels = [`com.docker.compose.project=${project}`, `com.docker.compose.service=${server}`];
  return docker(['ps', '--all', '--quiet', ...labels.flatMap((label) => ['--filter', `label=${label}`])]);
}

const states = { Creating: 'preparing', Recreate: 'preparing', Starting: 'starting', Waiting: 'starting' } as const;

/** What a line of compose's own progress tells: ` Container waybill-up-1f-kafka-1  Starting`. */
export function composeStep(line: string, project: string): ProgressStep | undefined {
  const [, container = '', word = ''] = /^\s*Container (\S+)\s+(\S+)/.exec(line) ?? [];
  if (!container.startsWith(`${project}-`)) return undefined;
  const component = container.slice(project.length + 1).replace(/-\d+$/, '');
  const state = Object.entries(states).find(([name]) => name === word)?.[1];
  return state === undefined
    ? undefined
    : { kind: 'state', component, state, detail: `container, ${word.toLowerCase()}` };
}
