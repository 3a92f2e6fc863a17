import { z } from 'zod';

const portRange = 'must be a whole number from 0 to 65535';
const port = z.coerce.number({ error: portRange }).int(portRange).min(0, portRange).max(65_535, portRange);
const milliseconds = z.coerce.number().int().min(10).max(86_400_000);
const httpUrl = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });

const brokers = z
  .string()
  .transform((text) => text.split(',').map((broker) => broker.trim()))
  .pipe(z.array(z.string().regex(/^[^\s:/]+:\d{1,5}$/, 'must be a comma list of host:port')).min(1));

/** `orders=http://127.0.0.1:4001,payments=http://…` as a record from context to base URL. */
const producerUrls = z
  .string()
  .default('')
  .transform((text, context) => {
    const urls: Record<string, string> = {};
    for (const pair of text.split(',').map((one) => one.trim())) {
      if (pair === '') continue;
      const [name, url] = splitOnce(pair);
      if (!/^[a-z][a-z0-9-]*$/.test(name) || !httpUrl.safeParse(url).success) {
        context.addIssue({ code: 'custom', message: 'must be a comma list of context=http://host:port' });
        return z.NEVER;
      }
      urls[name] = url.replace(/\/+$/, '');
    }
    return urls;
  });

function splitOnce(pair: string): readonly [string, string] {
  const at = pair.indexOf('=');
  return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
}

/**
 * What every service reads from its environment. Extend it with a service's own:
 * `serviceConfig.extend({ PROVIDER_URL: z.url() })`.
 */
export const serviceConfig = z.object({
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// URL' }),
  /** Of the consumers and of `publish`; `none` behind a pooler that does not know of prepared statements. */
  DATABASE_PREPARE: z.enum(['repeated', 'none']).default('repeated'),
  KAFKA_BROKERS: brokers,
  SCHEMA_REGISTRY_URL: httpUrl,
  HTTP_HOST: z.string().min(1).default('127.0.0.1'),
  HTTP_PORT: port,
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  LOG_LEVEL: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  /** What this deployment calls itself, so that it can be told from the one before it. */
  SERVICE_VERSION: z.string().max(100, 'must have at most 100 characters').optional(),
  /** The shared secret of the endpoints between services. */
  SERVICE_TOKEN: z.string().min(16, 'must have at least 16 characters').max(512),
  /** Signs the tokens of the operations API, which is not there without it. */
  OPS_SECRET: z
    .string()
    .min(32, 'must have at least 32 characters')
    .max(512, 'must have at most 512 characters')
    .optional(),
  PRODUCER_URLS: producerUrls,
  RELAY: z.enum(['on', 'off']).default('on'),
  MIGRATE: z.enum(['run', 'check']).default('run'),
  SNAPSHOT_INTERVAL_MS: milliseconds.default(10_000),
});

/** The parsed configuration of a service. */
export type ServiceConfig = z.output<typeof serviceConfig>;

/** What `waybill relay` reads: a relay alone has no HTTP port and asks no producer. */
export const relayConfig = serviceConfig.pick({
  DATABASE_URL: true,
  KAFKA_BROKERS: true,
  OTEL_EXPORTER_OTLP_ENDPOINT: true,
  LOG_LEVEL: true,
  MIGRATE: true,
});

export type RelayConfig = z.output<typeof relayConfig>;

/** The variables that are wrong, one clause each: the name, the problem and never the value. */
export class ConfigError extends Error {
  readonly variables: readonly string[];

  constructor(problems: readonly { readonly variable: string; readonly problem: string }[]) {
    const list = problems.map(({ variable, problem }) => `${variable} ${problem}`).join('; ');
    super(
      `Wrong configuration: ${list}. Set ${problems.length === 1 ? 'it' : 'them'} in the environment and start again.`,
    );
    this.name = 'ConfigError';
    this.variables = problems.map(({ variable }) => variable);
  }
}

/** The environment as a schema's shape. An empty variable counts as one that is not set. @throws {ConfigError} */
export function readConfig<TSchema extends z.ZodType>(
  schema: TSchema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<TSchema> {
  const set = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = schema.safeParse(set);
  if (parsed.success) return parsed.data;
  throw new ConfigError(parsed.error.issues.map((issue) => problemOf(issue, set)));
}

function problemOf(issue: z.core.$ZodIssue, set: Readonly<Record<string, unknown>>) {
  const variable = String(issue.path[0] ?? 'environment');
  if (!Object.hasOwn(set, variable)) return { variable, problem: 'is not set' };
  const message = issue.message.replace(/^Invalid input: /, '').replace(/^Invalid option: /, '');
  return {
    variable,
    problem: /^(must|expected)/.test(message) ? message.replace(/^expected/, 'must be') : `is wrong: ${message}`,
  };
}

/** EX_CONFIG of sysexits.h: starting again without a change is pointless. */
const configurationExit = 78;

/**
 * Reads the configuration for `main.ts`. A wrong one ends the process with one line on standard error that names each
 * variable, its problem and the next step, and with exit code 78. Values are never printed.
 */
export function parseConfig<TSchema extends z.ZodType>(
  schema: TSchema,
  env: Readonly<Record<string, string | undefined>>,
): z.output<TSchema> {
  try {
    return readConfig(schema, env);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return process.exit(configurationExit);
  }
}
