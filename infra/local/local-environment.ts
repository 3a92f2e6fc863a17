import { join } from 'node:path';
import type { EnvironmentPurpose, ProgressStep } from '../environment/environment.ts';
import { defaultPorts, portOffsets } from '../environment/layout.ts';
import { fingerprint, readArtifactList } from './artifacts.ts';
import { cachePath } from './cache.ts';
import type { LocalComponent, LocalContext } from './component.ts';
import { ensureArtifacts } from './download.ts';
import { type JaegerComponent, startJaeger } from './jaeger.ts';
import { jaegerProgram } from './jaeger-program.ts';
import { ensureJvm } from './jvm.ts';
import { type KafkaComponent, startKafka } from './kafka.ts';
import { withLock } from './lock.ts';
import { PortBook } from './port-book.ts';
import { startPostgres } from './postgres.ts';
import { startRegistry } from './registry.ts';
import { ensureRegistryFiles } from './registry-files.ts';

/** All of the local environment, up. */
export interface LocalParts {
  readonly postgres: LocalComponent;
  readonly kafka: KafkaComponent;
  readonly registry: LocalComponent;
  readonly jaeger: JaegerComponent | undefined;
  readonly ports: Readonly<Record<string, number>>;
}

export interface LocalOptions {
  readonly purpose: EnvironmentPurpose;
  readonly stateDir: string;
  /** Build Jaeger when it is not there. */
  readonly jaeger?: boolean;
  /** See `StartOptions`. */
  readonly brokerProxyPort?: number;
  /** Ports of the last start. */
  readonly lastPorts: Readonly<Record<string, number>>;
  readonly progress: (step: ProgressStep) => void;
}

/** Starts what can start at once, at once; when one part fails, those that are up are stopped again. */
export async function startLocal(options: LocalOptions): Promise<LocalParts> {
  const ports = new PortBook(options.lastPorts);
  const abandoned = new AbortController();
  const context: LocalContext = {
    stateDir: options.stateDir,
    ports,
    progress: options.progress,
    volatile: options.purpose === 'test' || options.purpose === 'prove',
    abandoned: abandoned.signal,
  };
  const offset = portOffsets[options.purpose];
  const started: LocalComponent[] = [];
  const keep = async <T extends LocalComponent | undefined>(starting: Promise<T>): Promise<T> => {
    try {
      const component = await starting;
      if (component !== undefined) started.push(component);
      return component;
    } catch (error) {
      // The first failure is the cause; what fails after it is its consequence.
      if (!abandoned.signal.aborted) abandoned.abort(error);
      throw error;
    }
  };

  const files = fetchFiles(options.progress);
  const jvm = ensureJvm(options.progress);
  const postgres = keep(startPostgres(context, defaultPorts.postgres + offset));
  const kafka = keep(
    Promise.all([jvm, files]).then(([java, { kafkaLibraries }]) =>
      startKafka(context, defaultPorts.kafka + offset, java, kafkaLibraries, options.brokerProxyPort),
    ),
  );
  const registry = keep(
    Promise.all([jvm, files, postgres]).then(([java, { registryProgram }, database]) =>
      startRegistry(context, defaultPorts.registry + offset, java, registryProgram, database.address),
    ),
  );
  const jaeger = keep(
    jaegerProgram(options.jaeger === true, options.progress).then((program) =>
      program === undefined
        ? undefined
        : startJaeger(context, defaultPorts.jaeger + offset, defaultPorts.otlp + offset, program),
    ),
  );
  const outcomes = await Promise.allSettled([postgres, kafka, registry, jaeger]);
  if (outcomes.some((outcome) => outcome.status === 'rejected')) {
    await Promise.all(started.map((component) => component.process.stop()));
    throw abandoned.signal.reason;
  }
  return {
    postgres: await postgres,
    kafka: await kafka,
    registry: await registry,
    jaeger: await jaeger,
    ports: ports.chosen(),
  };
}

async function fetchFiles(progress: (step: ProgressStep) => void) {
  const list = await readArtifactList();
  const cache = cachePath();
  const kafkaLibraries = cachePath(`kafka-${fingerprint(list.kafka)}`, 'lib');
  const waiting = () =>
    progress({
      kind: 'state',
      component: 'environment',
      state: 'preparing',
      detail: 'waiting for another start that is fetching the same files',
    });
  const registryArtifact = list.registry[0];
  if (registryArtifact === undefined) throw new Error('the list of artifacts names no registry');
  return withLock(
    join(cache, 'fetch.lock'),
    async () => {
      const [registryProgram] = await Promise.all([
        ensureRegistryFiles(registryArtifact, cache, progress),
        ensureArtifacts('Kafka', list.kafka, kafkaLibraries, progress),
      ]);
      return { kafkaLibraries, registryProgram };
    },
    waiting,
  );
}
