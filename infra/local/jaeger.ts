import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { jaegerVariables } from '../environment/layout.ts';
import { type LocalComponent, type LocalContext, logPath, localComponent, startServer } from './component.ts';
import { answersHttp } from './readiness.ts';

const name = 'jaeger';

/** Jaeger, and where it takes spans. */
export interface JaegerComponent extends LocalComponent {
  /** OTLP over HTTP. */
  readonly otlpUrl: string;
}

/** Starts Jaeger with its traces in memory: the last hundred thousand of them. */
export async function startJaeger(
  context: LocalContext,
  preferredPort: number,
  preferredOtlpPort: number,
  program: string,
): Promise<JaegerComponent> {
  const port = await context.ports.choose(name, preferredPort);
  const grpcPort = await context.ports.choose('jaegerGrpc', preferredPort + 1);
  const otlpPort = await context.ports.choose('otlp', preferredOtlpPort);
  const home = join(context.stateDir, name);
  await mkdir(home, { recursive: true });
  const configuration = join(home, 'config.json');
  await writeFile(configuration, JSON.stringify(settings(port, grpcPort, otlpPort), undefined, 2));
  context.progress({ kind: 'state', component: name, state: 'starting', detail: `port ${port}` });
  const address = `http://127.0.0.1:${port}`;
  const component = await localComponent(name, address, () =>
    startServer(context, {
      name: 'Jaeger',
      command: program,
      args: ['--config', configuration],
      env: jaegerVariables,
      cwd: home,
      logFile: logPath(context, name),
      deadlineMs: 60_000,
      check: () => answersHttp(`${address}/api/services`),
    }),
  );
  context.progress({ kind: 'state', component: name, state: 'ready', detail: `127.0.0.1:${port}` });
  return Object.assign(component, { otlpUrl: `http://127.0.0.1:${otlpPort}` });
}

/** In the form of an OpenTelemetry collector, which Jaeger 2 is; JSON is YAML too. */
function settings(port: number, grpcPort: number, otlpPort: number) {
  return {
    service: {
      extensions: ['jaeger_storage', 'jaeger_query'],
      pipelines: { traces: { receivers: ['otlp'], processors: ['batch'], exporters: ['jaeger_storage_exporter'] } },
      telemetry: { metrics: { level: 'none' }, logs: { level: 'warn' } },
    },
    extensions: {
      jaeger_storage: { backends: { memory: { memory: { max_traces: 100_000 } } } },
      jaeger_query: {
        storage: { traces: 'memory' },
        http: { endpoint: `127.0.0.1:${port}` },
        grpc: { endpoint: `127.0.0.1:${grpcPort}` },
      },
    },
    receivers: { otlp: { protocols: { http: { endpoint: `127.0.0.1:${otlpPort}` } } } },
    processors: { batch: { timeout: '200ms' } },
    exporters: { jaeger_storage_exporter: { trace_storage: 'memory' } },
  };
}
