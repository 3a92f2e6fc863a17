import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startEnvironment } from '@waybill/infra';
import { withDatabase } from '@waybill/infra/programs';
import type { Logger } from '@waybill/messaging';
import { programs, type Program, type ServiceName } from '../../../src/up/fleet.ts';
import { choosePorts } from '../../../src/up/ports.ts';
import { prepareServices } from '../../../src/up/prepare-services.ts';
import { Supervisor } from '../../../src/up/supervisor.ts';

/** The sample services, running on an environment of their own. */
export interface Sample {
  /** `http://127.0.0.1:4001`, by the program's name. */
  urlOf(program: string): string;
  /** The services' databases, by the service's name. */
  databaseUrl(service: ServiceName): string;
  /** The values that no log and no trace may show. */
  readonly secrets: readonly string[];
  /** Stops the services in good order, so that they hand over what they still have; answers what they logged. */
  stopServices(): Promise<string>;
  close(): Promise<void>;
}

export interface SampleOptions {
  readonly otlpUrl: string;
  readonly faultsOf: (service: ServiceName) => object | undefined;
  /** Further variables, by the program's name. */
  readonly env?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => quiet,
};

/** Starts everything as `waybill up` does, with the settings at hand. */
export async function startSample({ otlpUrl, faultsOf, env = {} }: SampleOptions): Promise<Sample> {
  const stateDir = mkdtempSync(join(tmpdir(), 'waybill-sample-'));
  const started = await startEnvironment({ purpose: 'test', stateDir, progress: () => undefined });
  const environment = { ...started, otlpUrl };
  const problem = new AbortController();
  const logDirectory = join(stateDir, 'logs');
  const supervisor = new Supervisor({
    logDirectory,
    onEnded: () => undefined,
    onGivenUp: (error) => problem.abort(error),
  });
  const close = async () => {
    await supervisor.stop();
    await started.stop();
    rmSync(stateDir, { recursive: true, force: true });
  };
  try {
    await prepareServices(environment, quiet);
    const fleet = programs({
      environment,
      ports: await choosePorts(1),
      opsSecret: randomBytes(32).toString('hex'),
      oddAnswers: 0,
      faultsOf: (service) => {
        const faults = faultsOf(service);
        return faults === undefined ? undefined : JSON.stringify(faults);
      },
    }).map((program): Program => ({ ...program, env: { ...program.env, LOG_LEVEL: 'debug', ...env[program.name] } }));
    for (const program of fleet) await supervisor.start(program);
    await Promise.all(fleet.map((program) => supervisor.ready(program, problem.signal)));
    return {
      urlOf: (name) => fleet.find((program) => program.name === name)?.url ?? '',
      databaseUrl: (service) => withDatabase(started.postgresUrl, service),
      secrets: [...new Set(fleet.flatMap((program) => secretsOf(program)))],
      async stopServices() {
        await supervisor.stop();
        return readdirSync(logDirectory)
          .map((file) => readFileSync(join(logDirectory, file), 'utf8'))
          .join('\n');
      },
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}

/** The token that services share, and the password of the database. */
function secretsOf({ env }: Program): readonly string[] {
  const password = env['DATABASE_URL'] === undefined ? '' : new URL(env['DATABASE_URL']).password;
  return [env['SERVICE_TOKEN'] ?? '', password].filter((secret) => secret.length >= 8);
}
