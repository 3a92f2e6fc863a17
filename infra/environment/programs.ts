/** The sample's programs: their names, ports and variables, wherever they run. It imports nothing. */

/** The sample services in the order in which they are started. */
export const serviceNames = ['orders', 'payments', 'inventory', 'shipping', 'notifications'] as const;
export type ServiceName = (typeof serviceNames)[number];

/** The outside world of the sample. */
export const simulatorNames = ['payment-provider', 'mail-sink'] as const;
export type ProgramName = ServiceName | (typeof simulatorNames)[number];

/** Where each program listens for HTTP when that port of the loopback address is free. */
export const programPorts: Readonly<Record<ProgramName, number>> = {
  orders: 4001,
  payments: 4002,
  inventory: 4003,
  shipping: 4004,
  notifications: 4005,
  'payment-provider': 4090,
  'mail-sink': 4091,
};

/** Where the operator console listens when that port of the loopback address is free. */
export const consolePort = 4080;

/** Where the mail sink takes mails. */
export const smtpPort = 2525;

/** The name of a service's database on the shared server. */
export function databaseName(service: string): string {
  return `waybill_${service}`;
}

/** The administrator's URL with a service's database in the place of its own. */
export function withDatabase(adminUrl: string, service: string): string {
  const url = new URL(adminUrl);
  url.pathname = `/${databaseName(service)}`;
  return url.href;
}

/** Where the programs find their servers and one another. */
export interface ProgramSurroundings {
  /** Administrator's URL of the PostgreSQL server. */
  readonly postgresUrl: string;
  /** Comma list of host:port. */
  readonly kafkaBrokers: string;
  readonly registryUrl: string;
  readonly otlpUrl: string | undefined;
  /** The shared secret of the endpoints between services. */
  readonly serviceToken: string;
  /** Signs the tokens of the services' operations APIs. */
  readonly opsSecret: string;
  /** The address at which the programs listen. */
  readonly listenHost: string;
  readonly smtpPort: number;
  readonly smtpUrl: string;
  /** Where a program listens for HTTP. */
  port(program: ProgramName): number;
  /** Where the others reach it. */
  url(program: ProgramName): string;
}

/** The variables of a program, all of them its own business: whatever runs it adds nothing but its faults. */
export function programVariables(program: ProgramName, around: ProgramSurroundings): Readonly<Record<string, string>> {
  const listening = { HTTP_HOST: around.listenHost, HTTP_PORT: String(around.port(program)) };
  if (program === 'payment-provider') return listening;
  if (program === 'mail-sink') return { ...listening, SMTP_PORT: String(around.smtpPort) };
  return {
    ...listening,
    DATABASE_URL: withDatabase(around.postgresUrl, program),
    KAFKA_BROKERS: around.kafkaBrokers,
    SCHEMA_REGISTRY_URL: around.registryUrl,
    SERVICE_TOKEN: around.serviceToken,
    OPS_SECRET: around.opsSecret,
    PRODUCER_URLS: serviceNames.map((name) => `${name}=${around.url(name)}`).join(','),
    SNAPSHOT_INTERVAL_MS: '2000',
    OTEL_SERVICE_NAME: program,
    ...(around.otlpUrl === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: around.otlpUrl }),
    ...(program === 'payments' ? { PROVIDER_URL: around.url('payment-provider') } : {}),
    ...(program === 'notifications' ? { SMTP_URL: around.smtpUrl } : {}),
  };
}

/** The variables of the operator console on a developer's machine: whoever opens it chooses who they are. */
export function consoleVariables(
  around: ProgramSurroundings,
  console: {
    readonly port: number;
    readonly url: string;
    readonly sessionSecret: string;
    readonly jaegerUrl: string | undefined;
  },
): Readonly<Record<string, string>> {
  return {
    HTTP_HOST: around.listenHost,
    HTTP_PORT: String(console.port),
    DATABASE_URL: withDatabase(around.postgresUrl, 'console'),
    KAFKA_BROKERS: around.kafkaBrokers,
    SCHEMA_REGISTRY_URL: around.registryUrl,
    SERVICE_TOKEN: around.serviceToken,
    OPS_SECRET: around.opsSecret,
    OPS_SERVICES: serviceNames.map((name) => `${name}=${around.url(name)}`).join(','),
    ENVIRONMENT: 'development',
    LOGIN: 'development',
    PUBLIC_URL: console.url,
    SESSION_SECRET: console.sessionSecret,
    RELAY: 'off',
    OTEL_SERVICE_NAME: 'console',
    ...(around.otlpUrl === undefined ? {} : { OTEL_EXPORTER_OTLP_ENDPOINT: around.otlpUrl }),
    ...(console.jaegerUrl === undefined ? {} : { JAEGER_URL: console.jaegerUrl }),
  };
}
