import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig, startService } from '@waybill/service';
import { testEnvironment } from '@waybill/testing';
import pg from 'pg';
import {
  type DevelopmentProvider,
  startDevelopmentProvider,
} from '../../../src/adapters/development-login/provider.ts';
import { type ConsoleServiceOptions, consoleService } from '../../../src/console-service.ts';
import { consoleSettings } from '../../../src/settings.ts';
import { type Browser, openBrowser } from './browser.ts';
import { startUpstream, type Upstream } from './upstream.ts';

export const operationsSecret = 'a secret of the operations APIs, long enough';

/** A console that runs as it does for its users, on a database of its own, before services that stand in. */
export interface RunningConsole {
  readonly url: string;
  /** Where browsers reach it: at its own address, unless a proxy stands before it. */
  readonly origin: string;
  readonly upstreams: Readonly<Record<string, Upstream>>;
  readonly provider: DevelopmentProvider;
  readonly clientDirectory: string;
  /** The console's own database. */
  readonly pool: pg.Pool;
  readonly clock: { now: number };
  browser(headers?: Readonly<Record<string, string>>): Browser;
  stop(): Promise<void>;
}

export interface ConsoleOptions extends Pick<
  ConsoleServiceOptions,
  'limits' | 'live' | 'indexConsumer' | 'failuresConsumer' | 'headsEveryMs'
> {
  readonly services?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Changes how the console knows its provider. */
  readonly login?: (provider: DevelopmentProvider) => ConsoleServiceOptions['loginClient'];
}

export async function startConsole(options: ConsoleOptions = {}): Promise<RunningConsole> {
  const {
    services = ['orders', 'payments', 'shipping'],
    login = (provider) => provider,
    limits,
    live,
    indexConsumer,
    failuresConsumer,
    headsEveryMs,
  } = options;
  const environment = await testEnvironment();
  const database = await environment.createDatabase('console');
  const clientDirectory = await mkdtemp(join(tmpdir(), 'waybill-console-'));
  const upstreams = Object.fromEntries(
    await Promise.all(services.map(async (name) => [name, await startUpstream(name, operationsSecret)] as const)),
  );
  const port = await freePort();
  const settings = readConfig(consoleSettings, {
    DATABASE_URL: database.url,
    KAFKA_BROKERS: environment.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: environment.registryUrl,
    HTTP_PORT: String(port),
    LOG_LEVEL: 'silent',
    SERVICE_TOKEN: 'a token between services',
    ENVIRONMENT: 'development',
    LOGIN: 'development',
    OPS_SECRET: operationsSecret,
    OPS_SERVICES: Object.values(upstreams)
      .map(({ name, url }) => `${name}=${url}`)
      .join(','),
    SESSION_SECRET: 'a secret that signs cookies, long enough',
    PUBLIC_URL: `http://127.0.0.1:${port}`,
    EVENT_INDEX: indexConsumer === undefined ? 'off' : 'on',
    OPERATIONAL_FACTS: failuresConsumer === undefined ? 'off' : 'on',
    ...options.environment,
  });
  const provider = await startDevelopmentProvider({
    environment: 'development',
    consoleUrl: settings.PUBLIC_URL,
    port: 0,
  });
  const stopping = new AbortController();
  const clock = { now: Date.now() };
  const started = clock.now;
  const service = await startService(
    consoleService({
      settings,
      loginClient: login(provider),
      signal: stopping.signal,
      clientDirectory,
      now: () => clock.now + (Date.now() - started),
      ...(limits === undefined ? {} : { limits }),
      ...(live === undefined ? {} : { live }),
      ...(indexConsumer === undefined ? {} : { indexConsumer }),
      ...(failuresConsumer === undefined ? {} : { failuresConsumer }),
      ...(headsEveryMs === undefined ? {} : { headsEveryMs }),
    }),
    stopping,
  );
  const pool = new pg.Pool({ connectionString: database.url, max: 2 });
  return {
    url: service.url,
    origin: settings.PUBLIC_URL,
    upstreams,
    provider,
    clientDirectory,
    pool,
    clock,
    browser: (headers = {}) => openBrowser({ origin: settings.PUBLIC_URL, address: service.url, headers }),
    async stop() {
      await service.stop();
      provider.stop();
      await Promise.all(Object.values(upstreams).map((upstream) => upstream.stop().catch(() => undefined)));
      await pool.end();
      await rm(clientDirectory, { recursive: true });
      await database.drop();
    },
  };
}

export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
