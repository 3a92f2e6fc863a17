import type { Environment } from './environment.ts';
import { EnvironmentError } from './error.ts';

const required = ['WAYBILL_POSTGRES_URL', 'WAYBILL_KAFKA_BROKERS', 'WAYBILL_REGISTRY_URL'] as const;

type Variables = Readonly<Record<string, string | undefined>>;

/** Whether all three addresses are given. Some but not all of them is a mistake, and is refused as one. */
export function addressesGiven(variables: Variables): boolean {
  const missing = required.filter((name) => (variables[name] ?? '') === '');
  if (missing.length === 0) return true;
  if (missing.length === required.length) return false;
  throw new EnvironmentError(
    'environment.incomplete',
    `Some addresses of the environment are given, but not ${missing.join(' and ')}. Give all of ${required.join(', ')}, or none.`,
  );
}

/** The environment that the `WAYBILL_*` variables name. It is not ours: `stop` does nothing. */
export function givenEnvironment(variables: Variables): Environment {
  addressesGiven(variables);
  return {
    mode: 'given',
    postgresUrl: postgresAddress(variables['WAYBILL_POSTGRES_URL']),
    kafkaBrokers: brokerList(variables['WAYBILL_KAFKA_BROKERS']),
    registryUrl: httpAddress('WAYBILL_REGISTRY_URL', variables['WAYBILL_REGISTRY_URL']),
    ownsRegistry: variables['WAYBILL_REGISTRY_OWNED'] === 'yes',
    otlpUrl: optionalAddress('WAYBILL_OTLP_URL', variables['WAYBILL_OTLP_URL']),
    jaegerUrl: optionalAddress('WAYBILL_JAEGER_URL', variables['WAYBILL_JAEGER_URL']),
    reused: true,
    stop: () => Promise.resolve(),
  };
}

function refuse(name: string, shape: string): never {
  // The value may hold a password, so that it is not repeated here.
  throw new EnvironmentError(
    'environment.bad-address',
    `${name} must be ${shape}. Correct it, or unset all addresses.`,
  );
}

function postgresAddress(value: string | undefined): string {
  const url = URL.parse(value ?? '');
  if (url === null || !/^postgres(ql)?:$/.test(url.protocol)) {
    return refuse('WAYBILL_POSTGRES_URL', 'a URL like postgres://user:password@host:5432/postgres');
  }
  return url.href;
}

function brokerList(value: string | undefined): readonly string[] {
  const brokers = (value ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter((broker) => broker !== '');
  if (
    brokers.length === 0 ||
    !brokers.every((broker) => /^[^\s/:]+:\d{1,5}$|^\[[0-9a-fA-F:]+\]:\d{1,5}$/.test(broker))
  ) {
    return refuse('WAYBILL_KAFKA_BROKERS', 'a comma-separated list of host:port');
  }
  return brokers;
}

function httpAddress(name: string, value: string | undefined): string {
  const url = URL.parse(value ?? '');
  if (url === null || !/^https?:$/.test(url.protocol)) return refuse(name, 'an http or https URL');
  return url.href.replace(/\/+$/, '');
}

function optionalAddress(name: string, value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : httpAddress(name, value);
}
