import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Environment } from '@waybill/infra';
import { rootDirectory } from '../workspace.ts';
import { withDatabase } from './databases.ts';

/** The sample services in the order in which they are started. */
export const serviceNames = ['orders', 'payments', 'inventory', 'shipping', 'notifications'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** A program of the sample: what is run, and with which variables. */
export interface Program {
  readonly name: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly url: string;
  /** Answers 200 once it can work. */
  readonly readyUrl: string;
}

export interface Ports {
  readonly services: Readonly<Record<ServiceName, number>>;
  readonly provider: number;
  readonly mailHttp: number;
  readonly mailSmtp: number;
}

export interface FleetOptions {
  readonly environment: Environment;
  readonly ports: Ports;
  /** Settings of the faults that a service is to suffer, as JSON; undefined for none. */
  readonly faultsOf: (service: ServiceName) => string | undefined;
}

const host = '127.0.0.1';
export const urlOf = (port: number) => `http://${host}:${port}`;

/** The five services, the payment provider and the mail server, as they are to be run. */
export function programs({ environment, ports, faultsOf }: FleetOptions): readonly Program[] {
  const producerUrls = serviceNames.map((name) => `${name}=${urlOf(ports.services[name])}`).join(',');
  const shared = {
    KAFKA_BROKERS: environment.kafkaBrokers.join(','),
    SCHEMA_REGISTRY_URL: environment.registryUrl,
    HTTP_HOST: host,
    SERVICE_TOKEN: randomBytes(24).toString('hex'),
    PRODUCER_URLS: producerUrls,
    PROVIDER_URL: urlOf(ports.provider),
    SMTP_URL: `smtp://${host}:${ports.mailSmtp}`,
    SNAPSHOT_INTERVAL_MS: '2000',
    ...(environment.otlpUrl === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: environment.otlpUrl }),
  };
  const services = serviceNames.map((name): Program => {
    const faults = faultsOf(name);
    return {
      name,
      args: [
        ...['--import', '@waybill/telemetry/register'],
        ...(faults === undefined ? [] : ['--import', '@waybill/testing/faults']),
        join(rootDirectory, 'services', name, 'src/main.ts'),
      ],
      env: {
        ...shared,
        DATABASE_URL: withDatabase(environment.postgresUrl, name),
        HTTP_PORT: String(ports.services[name]),
        OTEL_SERVICE_NAME: name,
        ...(faults === undefined ? {} : { WAYBILL_FAULTS: faults }),
      },
      url: urlOf(ports.services[name]),
      readyUrl: `${urlOf(ports.services[name])}/readyz`,
    };
  });
  const provider: Program = {
    name: 'payment-provider',
    args: [join(rootDirectory, 'examples/payment-provider/src/main.ts')],
    env: { HTTP_PORT: String(ports.provider) },
    url: urlOf(ports.provider),
    readyUrl: `${urlOf(ports.provider)}/healthz`,
  };
  const mails: Program = {
    name: 'mail-sink',
    args: [join(rootDirectory, 'examples/mail-sink/src/main.ts')],
    env: { HTTP_PORT: String(ports.mailHttp), SMTP_PORT: String(ports.mailSmtp) },
    url: urlOf(ports.mailHttp),
    readyUrl: `${urlOf(ports.mailHttp)}/healthz`,
  };
  return [provider, mails, ...services];
}
