import { GenericContainer, Network, type StartedTestContainer, Wait } from 'testcontainers';
import {
  images,
  initdbArguments,
  jaegerVariables,
  postgresAccount,
  postgresSettings,
  registryDatabase,
  registryVariables,
  volatilePostgresSettings,
} from '../environment/layout.ts';
import { registryContainerVariables } from './container-variables.ts';
import type { ContainerOptions, Containers } from './docker-servers.ts';
import { environmentLabel } from './engine.ts';
import { guardPatienceMs, startGuard } from './guarded.ts';
import { kafkaPort, startKafkaContainer } from './kafka-container.ts';

const startupMs = 120_000;

/** Starts each server in a container of its own, on ports that the engine chooses; their data goes with them. */
export async function startSingle(options: ContainerOptions): Promise<Containers> {
  const { name, stateDir, progress } = options;
  const guard = await startGuard({ name, stateDir, startArguments: [], env: {}, deadlineMs: 20_000 });
  try {
    const labels = { [environmentLabel]: name };
    const network = await new Network({ nextUuid: () => name }).start();
    const prepared = (component: string, container: GenericContainer): GenericContainer => {
      progress({ kind: 'state', component, state: 'starting', detail: 'container' });
      return container
        .withLabels(labels)
        .withNetwork(network)
        .withNetworkAliases(component)
        .withStartupTimeout(startupMs);
    };
    const launch = (component: string, container: GenericContainer): Promise<StartedTestContainer> =>
      prepared(component, container).start();
    const [kafka, [postgres, registry], jaeger] = await Promise.all([
      startKafkaContainer((container) => prepared('kafka', container)),
      launch('postgres', postgresContainer()).then(
        async (server) => [server, await launch('registry', registryContainer())] as const,
      ),
      options.servers.includes('jaeger') ? launch('jaeger', jaegerContainer()) : undefined,
    ]);
    const always = {
      postgres: postgres.getMappedPort(5432),
      kafka: kafka.getMappedPort(kafkaPort),
      registry: registry.getMappedPort(8080),
    };
    if (jaeger === undefined) return { guard, ports: always };
    return {
      guard,
      ports: { ...always, jaeger: jaeger.getMappedPort(16686), otlp: jaeger.getMappedPort(4318) },
    };
  } catch (error) {
    await guard.stop(guardPatienceMs);
    throw error;
  }
}

function postgresContainer(): GenericContainer {
  const settings = { ...postgresSettings, ...volatilePostgresSettings };
  return (
    new GenericContainer(images.postgres)
      .withExposedPorts(5432)
      .withEnvironment({
        POSTGRES_USER: postgresAccount.user,
        POSTGRES_PASSWORD: postgresAccount.password,
        POSTGRES_DB: registryDatabase,
        POSTGRES_INITDB_ARGS: [...initdbArguments, '--no-sync'].join(' '),
      })
      .withCommand(['postgres', ...Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`])])
      .withSharedMemorySize(256 * 1024 * 1024)
      // The first one is told by the server that initialises the data, on its socket alone.
      .withWaitStrategy(Wait.forLogMessage(/database system is ready to accept connections/, 2))
  );
}

function registryContainer(): GenericContainer {
  return new GenericContainer(images.registry)
    .withExposedPorts(8080, 9000)
    .withEnvironment({ ...registryVariables('postgres:5432'), ...registryContainerVariables })
    .withWaitStrategy(Wait.forHttp('/health/ready', 9000));
}

function jaegerContainer(): GenericContainer {
  return new GenericContainer(images.jaeger)
    .withExposedPorts(16686, 4318)
    .withEnvironment({ JAEGER_LISTEN_HOST: '0.0.0.0', ...jaegerVariables })
    .withWaitStrategy(Wait.forHttp('/api/services', 16686));
}
