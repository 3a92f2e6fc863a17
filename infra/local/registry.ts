import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { confluentPath, heapMb, registryDatabase, registryVariables } from '../environment/layout.ts';
import { type LocalComponent, type LocalContext, localComponent, logPath, startServer } from './component.ts';
import { classArchive } from './class-archive.ts';
import { javaArguments, javaEnvironment } from './java-process.ts';
import type { Jvm } from './jvm.ts';
import { ensureDatabase } from './postgres.ts';
import { answersHttp } from './readiness.ts';

const name = 'registry';

/** Starts Apicurio Registry with its storage in the database `registry`, so that ids live as long as the data. */
export async function startRegistry(
  context: LocalContext,
  preferredPort: number,
  jvm: Jvm,
  program: string,
  postgresUrl: string,
): Promise<LocalComponent> {
  const port = await context.ports.choose(name, preferredPort);
  const managementPort = await context.ports.choose('registryManagement', preferredPort + 1);
  const database = new URL(await ensureDatabase(postgresUrl, registryDatabase));
  context.progress({ kind: 'state', component: name, state: 'starting', detail: `port ${port}` });
  const address = `http://127.0.0.1:${port}${confluentPath}`;
  const home = join(context.stateDir, name);
  await mkdir(home, { recursive: true });
  const archive = classArchive(jvm, join(program, '..'), home);
  const component = await localComponent(name, address, () =>
    startServer(context, {
      name: 'The schema registry',
      command: jvm.java,
      args: [...archive.javaArguments, ...javaArguments(heapMb.registry), '-jar', join(program, 'quarkus-run.jar')],
      env: { ...javaEnvironment, ...listening(port, managementPort), ...registryVariables(database.host) },
      cwd: home,
      logFile: logPath(context, name),
      deadlineMs: 120_000,
      check: () => answersHttp(`${address}/subjects`),
    }),
  );
  archive.keepFrom(component.process);
  context.progress({ kind: 'state', component: name, state: 'ready', detail: `127.0.0.1:${port}` });
  return component;
}

function listening(port: number, managementPort: number): Readonly<Record<string, string>> {
  return {
    QUARKUS_HTTP_HOST: '127.0.0.1',
    QUARKUS_HTTP_PORT: String(port),
    QUARKUS_MANAGEMENT_HOST: '127.0.0.1',
    QUARKUS_MANAGEMENT_PORT: String(managementPort),
  };
}
