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

/** Starts one broker that is its own controller, on its data under the state directory. */
export async function startKafka(
  context: LocalContext,
  preferredPort: number,
  jvm: Jvm,
  libraries: string,
): Promise<LocalComponent> {
  const home = join(context.stateDir, name);
  const [port, controllerPort] = [
    await context.ports.choose(name, preferredPort),
    await context.ports.choose('kafkaController', preferredPort + 1),
  ];
  await mkdir(home, { recursive: true });
  const configuration = join(home, 'server.properties');
  await writeFile(configuration, properties(serverSettings(home, port, controllerPort)));
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
  return component;
}

function serverSettings(home: string, port: number, controllerPort: number): Readonly<Record<string, string | number>> {
  return {
    ...kafkaSettings,
    'controller.quorum.voters': `1@127.0.0.1:${controllerPort}`,
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
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
