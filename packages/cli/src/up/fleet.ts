import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '@waybill/infra';
import {
  consoleVariables,
  programVariables,
  type ProgramName,
  type ProgramSurroundings,
  serviceNames,
  type ServiceName,
} from '@waybill/infra/programs';
import { rootDirectory } from '../workspace.ts';

export { serviceNames, type ServiceName };

/** A program of the sample: what is run, and with which variables. */
export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  /** Answers 200 once it can work. */
  readonly readyUrl: string;
}

/** Where one instance of each service listens. */
export type ServicePorts = Readonly<Record<ServiceName, number>>;

export interface Ports {
  /** The instances of the services; the first one is whom the others ask for snapshots and events. */
  readonly instances: readonly [ServicePorts, ...ServicePorts[]];
  readonly provider: number;
  readonly mailHttp: number;
  readonly mailSmtp: number;
  readonly console: number;
}

export interface FleetOptions {
  readonly environment: Environment;
  readonly ports: Ports;
  /** Settings of the faults that a service is to suffer, as JSON; undefined for none. */
  readonly faultsOf: (service: ServiceName) => string | undefined;
  /** Signs the tokens of the services' operations APIs. */
  readonly opsSecret: string;
  /** The share of payments that the provider answers in another form than it describes. */
  readonly oddAnswers: number;
}

const host = '127.0.0.1';
export const urlOf = (port: number) => `http://${host}:${port}`;

/** The instances of the five services, the world around them and the operator console, as they are to be run. */
export function programs({ environment, ports, faultsOf, opsSecret, oddAnswers }: FleetOptions): readonly Program[] {
  const port = (name: ProgramName): number => {
    if (name === 'payment-provider') return ports.provider;
    return name === 'mail-sink' ? ports.mailHttp : ports.instances[0][name];
  };
  const around: ProgramSurroundings = {
    postgresUrl: environment.postgresUrl,
    kafkaBrokers: environment.kafkaBrokers.join(','),
    registryUrl: environment.registryUrl,
    otlpUrl: environment.otlpUrl,
    serviceToken: randomBytes(24).toString('hex'),
    opsSecret,
    listenHost: host,
    smtpPort: ports.mailSmtp,
    smtpUrl: `smtp://${host}:${ports.mailSmtp}`,
    port,
    url: (name) => urlOf(port(name)),
  };
  const simulator = (name: 'payment-provider' | 'mail-sink'): Program => ({
    name,
    args: [join(rootDirectory, 'examples', name, 'src/main.ts')],
    env: {
      ...programVariables(name, around),
      ...(name === 'payment-provider' ? { PROVIDER_ODD_SHARE: String(oddAnswers) } : {}),
    },
    url: around.url(name),
    readyUrl: `${around.url(name)}/healthz`,
  });
  const instance = (name: ServiceName, ownPort: number, index: number): Program => {
    const faults = faultsOf(name);
    return {
      name: index === 0 ? name : `${name}-${index + 1}`,
      args: [
        ...['--import', '@waybill/telemetry/register'],
        ...(faults === undefined ? [] : ['--import', '@waybill/testing/faults']),
        join(rootDirectory, 'services', name, 'src/main.ts'),
      ],
      env: {
        ...programVariables(name, around),
        HTTP_PORT: String(ownPort),
        ...(faults === undefined ? {} : { WAYBILL_FAULTS: faults }),
      },
      url: urlOf(ownPort),
      readyUrl: `${urlOf(ownPort)}/readyz`,
    };
  };
  const services = ports.instances.flatMap((own, index) =>
    serviceNames.map((name) => instance(name, own[name], index)),
  );
  return [
    simulator('payment-provider'),
    simulator('mail-sink'),
    ...services,
    operatorConsole(ports, environment, around),
  ];
}

function operatorConsole({ console: port }: Ports, { jaegerUrl }: Environment, around: ProgramSurroundings): Program {
  const url = urlOf(port);
  return {
    name: 'console',
    args: ['--import', '@waybill/telemetry/register', join(rootDirectory, 'services/console/src/main.ts')],
    env: consoleVariables(around, { port, url, jaegerUrl, sessionSecret: randomBytes(32).toString('hex') }),
    url,
    readyUrl: `${url}/readyz`,
  };
}
