import type { ServerComponent, Servers } from '../environment/servers.ts';
import type { LocalComponent } from './component.ts';
import { type LocalOptions, startLocal } from './local-environment.ts';
import { identify } from './process-identity.ts';

/** A JVM writes its class data at the end of a first run, which takes a while on a loaded machine. */
const stopDeadlineMs = 30_000;

/** Starts the servers as plain processes. @throws EnvironmentError when something cannot be had. */
export async function startLocalServers(options: LocalOptions): Promise<Servers> {
  const parts = await startLocal(options);
  const jaeger = parts.jaeger === undefined ? [] : [parts.jaeger];
  const end = async (component: LocalComponent): Promise<void> => {
    options.progress({ kind: 'state', component: component.name, state: 'stopping' });
    await component.process.stop(stopDeadlineMs);
    options.progress({ kind: 'state', component: component.name, state: 'stopped' });
  };
  return {
    addresses: {
      postgresUrl: parts.postgres.address,
      kafkaBrokers: [parts.kafka.address],
      ...(parts.kafka.behindProxy === undefined ? {} : { brokerBehindProxy: parts.kafka.behindProxy }),
      registryUrl: parts.registry.address,
      ownsRegistry: true,
      otlpUrl: parts.jaeger?.otlpUrl,
      jaegerUrl: parts.jaeger?.address,
    },
    ports: parts.ports,
    components: [parts.postgres, parts.kafka, parts.registry, ...jaeger].map(serverComponent),
    stop: async () => {
      // The registry's pool would complain about a database that is gone first.
      await Promise.all([...jaeger.map(end), end(parts.kafka), end(parts.registry).then(() => end(parts.postgres))]);
    },
  };
}

function serverComponent(component: LocalComponent): ServerComponent {
  return {
    name: component.name,
    address: component.address,
    process: identify(component.process.pid) ?? { pid: component.process.pid, startedAt: 'ended' },
    breakable: {
      async kill() {
        component.process.kill('SIGKILL');
        await component.process.exited;
      },
      restart: () => component.restart(),
    },
  };
}
