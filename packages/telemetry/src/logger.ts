import { context, trace } from '@opentelemetry/api';
import type { DestinationStream, Logger as PinoLogger } from 'pino';
import { pino, stdTimeFunctions } from 'pino';
import { copiedBaggage } from './correlation.ts';
import { loggedError } from './logged-error.ts';
import { masked } from './personal.ts';

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent';

export interface LoggerOptions {
  readonly service: string;
  readonly level?: LogLevel;
  /** Further paths to mask, in pino's notation: `order.email`. */
  readonly personalPaths?: readonly string[];
  /** Where lines go; standard output when left out. */
  readonly destination?: DestinationStream;
}

const secretNames = [
  'authorization',
  'Authorization',
  'cookie',
  'password',
  'token',
  'secret',
  'SERVICE_TOKEN',
  'serviceToken',
];
const secretPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]);
const urlPassword = /(\b[a-z][a-z0-9+.-]*:\/\/[^:@/\s"\\]*):[^@/\s"\\]+@/gi;

/**
 * A logger of JSON lines: `time` (RFC 3339), `level`, `service`, `msg`, and `trace_id`, `span_id`, `correlation.id` and
 * business ids of the active context. Errors under `err` and `error` are reduced by {@link loggedError}; well-known
 * secrets, passwords in URLs and the given personal paths are masked.
 */
export function createLogger(options: LoggerOptions): PinoLogger {
  const settings = {
    level: options.level ?? 'info',
    base: { service: options.service, pid: process.pid },
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    mixin: contextFields,
    serializers: { err: loggedError, error: loggedError },
    redact: {
      paths: [...secretPaths, ...(options.personalPaths ?? [])],
      censor: (_value: unknown, path: string[]) => (isSecret(path) ? '[secret]' : masked),
    },
    // A password can stand in any text: a connection error's message, a URL in a field.
    hooks: { streamWrite: (line: string) => line.replace(urlPassword, '$1:[secret]@') },
  };
  return options.destination === undefined ? pino(settings) : pino(settings, options.destination);
}

function isSecret(path: readonly string[]): boolean {
  return secretNames.includes(path.at(-1) ?? '');
}

function contextFields(): object {
  const active = context.active();
  const span = trace.getSpan(active)?.spanContext();
  return { ...(span === undefined ? {} : { trace_id: span.traceId, span_id: span.spanId }), ...copiedBaggage(active) };
}
