import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { portVariable } from '../../docker/composed.ts';
import { kafkaContainerVariables, registryContainerVariables } from '../../docker/container-variables.ts';
import {
  confluentPath,
  defaultPorts,
  images,
  initdbArguments,
  jaegerVariables,
  postgresAccount,
  postgresSettings,
  registryDatabase,
  registryVariables,
} from '../../environment/layout.ts';
import {
  consolePort,
  consoleVariables,
  type ProgramName,
  programPorts,
  programVariables,
  serviceNames,
  simulatorNames,
  smtpPort,
} from '../../environment/programs.ts';

const variables = z.record(z.string(), z.string()).default({});
const composed = z.object({
  services: z.record(
    z.string(),
    z.object({
      image: z.string(),
      command: z.array(z.string()).optional(),
      environment: variables,
      ports: z.array(z.string()).default([]),
      profiles: z.array(z.string()).default([]),
      volumes: z.array(z.string()).default([]),
      read_only: z.boolean(),
      cap_drop: z.array(z.string()),
      cap_add: z.array(z.string()).default([]),
      security_opt: z.array(z.string()),
      privileged: z.literal(false).default(false),
      mem_limit: z.string(),
    }),
  ),
  volumes: z.record(z.string(), z.unknown()),
});

const text = readFileSync(fileURLToPath(new URL('../../../docker-compose.yml', import.meta.url)), 'utf8');
const { services, volumes } = composed.parse(parse(text, { merge: true }));
const servers = ['postgres', 'kafka', 'registry', 'jaeger'] as const;
const programs: readonly ProgramName[] = [...serviceNames, ...simulatorNames];

function service(name: string) {
  const found = services[name];
  if (found === undefined) throw new Error(`docker-compose.yml has no service ${name}`);
  return found;
}

/** As compose reads it when no variable is set. */
function withDefaults(value: string): string {
  return value.replaceAll(/\$\{\w+:-([^}]*)\}/g, '$1');
}

function environmentOf(name: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(service(name).environment).map(([key, value]) => [key, withDefaults(value)]),
  );
}

describe('the servers of docker-compose.yml', () => {
  test.each(servers)('%s runs from the image that the tests use too', (name) => {
    expect(service(name).image).toBe(images[name]);
  });

  test('are published on the loopback address, on the ports of the local way, each of which a variable changes', () => {
    const published = servers.flatMap((name) => service(name).ports);
    const expected = { postgres: 5432, kafka: 19092, registry: 8080, jaeger: 16686, otlp: 4318 };
    expect(published.toSorted()).toEqual(
      (['postgres', 'kafka', 'registry', 'jaeger', 'otlp'] as const)
        .map((name) => `127.0.0.1:\${${portVariable(name)}:-${defaultPorts[name]}}:${expected[name]}`)
        .toSorted(),
    );
  });

  test('PostgreSQL has the account, the collation and the settings of the local way', () => {
    expect(environmentOf('postgres')).toEqual({
      POSTGRES_USER: postgresAccount.user,
      POSTGRES_PASSWORD: postgresAccount.password,
      POSTGRES_DB: registryDatabase,
      POSTGRES_INITDB_ARGS: initdbArguments.join(' '),
    });
    expect(service('postgres').command).toEqual([
      'postgres',
      ...Object.entries(postgresSettings).flatMap(([key, value]) => ['-c', `${key}=${value}`]),
    ]);
  });

  test('Kafka has the settings of the local way, and an address for this machine and one for the other containers', () => {
    const { KAFKA_LISTENERS, KAFKA_ADVERTISED_LISTENERS, LOG_DIR, EXTRA_ARGS, ...settings } = environmentOf('kafka');
    expect(settings).toEqual(kafkaContainerVariables);
    expect(KAFKA_LISTENERS).toBe('NETWORK://:9092,HOST://:19092,CONTROLLER://127.0.0.1:9093');
    expect(KAFKA_ADVERTISED_LISTENERS).toBe(`NETWORK://kafka:9092,HOST://127.0.0.1:${defaultPorts.kafka}`);
    expect([LOG_DIR, EXTRA_ARGS]).toEqual(['/tmp/logs', '-name kafkaServer']);
  });

  test('the registry and Jaeger have the variables of the local way', () => {
    expect(environmentOf('registry')).toEqual({ ...registryVariables('postgres:5432'), ...registryContainerVariables });
    expect(environmentOf('jaeger')).toEqual({ JAEGER_LISTEN_HOST: '0.0.0.0', ...jaegerVariables });
  });
});

describe('the programs of docker-compose.yml', () => {
  const account = `${postgresAccount.user}:${postgresAccount.password}`;
  const around = {
    postgresUrl: `postgres://${account}@postgres:5432/postgres`,
    kafkaBrokers: 'kafka:9092',
    registryUrl: `http://registry:8080${confluentPath}`,
    otlpUrl: 'http://jaeger:4318',
    listenHost: '0.0.0.0',
    smtpPort,
    smtpUrl: `smtp://mail-sink:${smtpPort}`,
    port: (name: ProgramName) => programPorts[name],
    url: (name: ProgramName) => `http://${name}:${programPorts[name]}`,
  };

  test.each(programs)('%s has the variables that `up` gives it, and its port', (name) => {
    const environment = environmentOf(name);
    const serviceToken = environment['SERVICE_TOKEN'] ?? '';
    const opsSecret = environment['OPS_SECRET'] ?? '';
    expect(environment).toEqual(programVariables(name, { ...around, serviceToken, opsSecret }));
    expect(service(name).ports).toEqual([
      `127.0.0.1:\${${portVariable(name)}:-${programPorts[name]}}:${programPorts[name]}`,
    ]);
  });

  test.each([...serviceNames, 'console'])('%s runs from its compiled main file, traced', (name) => {
    const main = `services/${name}/src/main.js`;
    expect(service(name).command).toEqual(['node', '--import', '@waybill/telemetry/register', main]);
  });

  test('the console has the variables that `up` gives it, its port, and that of a login for this machine alone', () => {
    const environment = environmentOf('console');
    const secret = (name: string) => environment[name] ?? '';
    const url = `http://127.0.0.1:${consolePort}`;
    const jaegerUrl = `http://127.0.0.1:${defaultPorts.jaeger}`;
    expect(environment).toEqual({
      ...consoleVariables(
        { ...around, serviceToken: secret('SERVICE_TOKEN'), opsSecret: secret('OPS_SECRET') },
        { port: consolePort, url, sessionSecret: secret('SESSION_SECRET'), jaegerUrl },
      ),
      ...{ DEVELOPMENT_LOGIN_HOST: '0.0.0.0', DEVELOPMENT_LOGIN_PORT: '4079' },
    });
    expect(secret('OPS_SECRET')).toBe(environmentOf('orders')['OPS_SECRET']);
    expect(service('console').ports.map(withDefaults)).toEqual(['127.0.0.1:4080:4080', '127.0.0.1:4079:4079']);
  });

  test('come under the profile, and nothing else does', () => {
    const profiled = Object.keys(services).filter((name) => service(name).profiles.includes('services'));
    expect(profiled.toSorted()).toEqual(['setup', 'console', ...programs].toSorted());
  });

  test('the setup finds the same servers', () => {
    expect(environmentOf('setup')).toEqual({
      WAYBILL_POSTGRES_URL: around.postgresUrl,
      WAYBILL_KAFKA_BROKERS: around.kafkaBrokers,
      WAYBILL_REGISTRY_URL: around.registryUrl,
    });
  });
});

describe('every container of docker-compose.yml', () => {
  test.each(Object.keys(services))('%s has a pinned image, a read-only root, a limit, and no privilege', (name) => {
    const one = service(name);
    expect(one.image).toMatch(/:\d[\w.-]*$/);
    expect(one.read_only).toBe(true);
    expect(one.cap_drop).toEqual(['ALL']);
    expect(one.security_opt).toContain('no-new-privileges:true');
    expect(one.mem_limit).toMatch(/^\d+[mg]$/);
    // Only what hands over to an unprivileged user itself.
    expect(one.cap_add.length === 0 || name === 'postgres').toBe(true);
  });

  test('keeps what must survive in a volume that has a name', () => {
    const mounted = Object.values(services).flatMap((one) => one.volumes.map((volume) => volume.replace(/:.*/, '')));
    expect(mounted.toSorted()).toEqual(Object.keys(volumes).toSorted());
    expect(service('postgres').volumes).toEqual(['postgres:/var/lib/postgresql']);
    expect(service('kafka').volumes[0]).toBe(`kafka:${kafkaContainerVariables['KAFKA_LOG_DIRS']}`);
  });
});
