import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { EnvironmentError } from '../environment/error.ts';
import { heapMb, kafkaSettings } from '../environment/layout.ts';
import {
  type LocalComponent,
  type LocalContext,
  lastLines,
  localComponent,
  logPath,
  startServer,
} from './component.ts';
import { classArchive } from './class-archive.ts';
import { javaArguments, javaEnvironment } from './java-process.ts';
import type { Jvm } from './jvm.ts';
import { brokerAnswers } from './kafka-probe.ts';
import { superviseProcess } from './supervise.ts';

const name = 'kafka';

/** The broker, which may have a listener for a proxy. */
export interface KafkaComponent extends LocalComponent {
  readonly behindProxy: string | undefined;
}

/** Where the broker listens, and where it sends its clients. */
interface Listeners {
  readonly port: number;
  readonly controllerPort: number;
  readonly proxied: { readonly port: number; readonly proxyPort: number } | undefined;
}

/** Starts one broker that is its own controller, on its data under the state directory. */
export async function startKafka(
  context: LocalContext,
  preferredPort: number,
  jvm: Jvm,
  libraries: string,
  proxyPort?: number,
): Promise<KafkaComponent> {
  const home = join(context.stateDir, name);
  const [port, controllerPort] = [
    await context.ports.choose(name, preferredPort),
    await context.ports.choose('kafkaController', preferredPort + 1),
  ];
  const proxied =
    proxyPort === undefined
      ? undefined
      : { port: await context.ports.choose('kafkaBehindProxy', preferredPort + 2), proxyPort };
  await mkdir(home, { recursive: true });
  const configuration = join(home, 'server.properties');
  await writeFile(configuration, properties(serverSettings(home, { port, controllerPort, proxied })));
  const java = [...javaArguments(heapMb.kafka), '-cp', join(libraries, '*')];
  if (!existsSync(join(home, 'data/meta.properties'))) await format(context, jvm, java, configuration, home);

  context.progress({ kind: 'state', component: name, state: 'starting', detail: `port ${port}` });
  const archive = classArchive(jvm, join(libraries, '..'), home);
  const component = await localComponent(name, `127.0.0.1:${port}`, () =>
    startServer(context, {
      name: 'Kafka',
      command: jvm.java,
      args: [...archive.javaArguments, ...java, 'kafka.Kafka', configuration],
      env: javaEnvironment,
      cwd: home,
      logFile: logPath(context, name),
      deadlineMs: 120_000,
      check: () => brokerAnswers(port),
    }),
  );
  archive.keepFrom(component.process);
  context.progress({ kind: 'state', component: name, state: 'ready', detail: `127.0.0.1:${port}` });
  return Object.assign(component, { behindProxy: proxied && `127.0.0.1:${proxied.port}` });
}

/** The broker's own settings; clients of the listener `PROXIED` are told to come to the proxy. */
export function serverSettings(
  home: string,
  { port, controllerPort, proxied }: Listeners,
): Readonly<Record<string, string | number>> {
  const at = (listener: string, on: number) => `${listener}://127.0.0.1:${on}`;
  const clients = [at('PLAINTEXT', port), ...(proxied === undefined ? [] : [at('PROXIED', proxied.port)])];
  const advertised = [at('PLAINTEXT', port), ...(proxied === undefined ? [] : [at('PROXIED', proxied.proxyPort)])];
  return {
    ...kafkaSettings,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: [...clients, at('CONTROLLER', controllerPort)].join(','),
    'advertised.listeners': advertised.join(','),
    'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,PROXIED:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'PLAINTEXT',
    'log.dirs': join(home, 'data'),
  };
}

/** In the format of java.util.Properties, where a backslash and a leading blank have a meaning. */
export function properties(settings: Readonly<Record<string, string | number>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${String(value).replaceAll('\\', '\\\\')}\n`)
    .join('');
}

/** 22 characters of base64url; the storage tool would take one that begins with a hyphen for an option. */
export function newClusterId(random: (bytes: number) => Buffer = randomBytes): string {
  for (;;) {
    const id = random(16).toString('base64url');
    if (!id.startsWith('-')) return id;
  }
}

async function format(context: LocalContext, jvm: Jvm, java: readonly string[], configuration: string, home: string) {
  context.progress({ kind: 'state', component: name, state: 'preparing', detail: 'new storage' });
  await rm(join(home, 'data'), { recursive: true, force: true });
  const logFile = logPath(context, 'kafka-format');
  const clusterId = newClusterId();
  const process = await superviseProcess({
    name: 'Kafka storage format',
    command: jvm.java,
    args: [...java, 'kafka.tools.StorageTool', 'format', '-t', clusterId, '-c', configuration],
    env: javaEnvironment,
    cwd: home,
    logFile,
  });
  const exit = await process.exited;
  if (exit.code === 0) return;
  throw new EnvironmentError(
    'environment.kafka-not-formatted',
    `Kafka could not make its storage. Mend what its log says, and start again:\n${lastLines(logFile)}`,
  );
}
