import { withoutQuotedValues } from './quoted-values.ts';

/** An error as it is logged: no parameters, no row values, no secrets. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly code?: string;
  readonly stack?: string;
  readonly constraint?: string;
  readonly table?: string;
  readonly cause?: LoggedError;
  readonly errors?: readonly LoggedError[];
}

const deepest = 5;

/**
 * An error reduced to what helps and is safe to write down. What a database adds about the row at hand (`detail`,
 * `where`, `internalQuery`, parameters, and the value that SQLSTATE classes 22 and 23 quote in their message) is
 * left out, since it is somebody's data.
 */
export function loggedError(error: unknown, depth = 0): LoggedError {
  if (!(error instanceof Error))
    return { type: typeof error, message: typeof error === 'string' ? error : 'not an Error' };
  const code = textOf(error, 'code');
  const message = isDatabaseError(error) ? withoutQuotedValues(error.message) : error.message;
  const frames = error.stack?.split('\n').filter((line) => line.startsWith('    at '));
  const constraint = textOf(error, 'constraint');
  const table = textOf(error, 'table');
  return {
    type: error.name,
    message,
    ...(code === undefined ? {} : { code }),
    ...(constraint === undefined ? {} : { constraint }),
    ...(table === undefined ? {} : { table }),
    ...(frames === undefined ? {} : { stack: `${error.name}: ${message}\n${frames.join('\n')}` }),
    ...(error.cause === undefined || depth >= deepest ? {} : { cause: loggedError(error.cause, depth + 1) }),
    ...(error instanceof AggregateError && depth < deepest
      ? { errors: error.errors.slice(0, deepest).map((one) => loggedError(one, depth + 1)) }
      : {}),
  };
}

function isDatabaseError(error: Error): boolean {
  return textOf(error, 'severity') !== undefined && /^[0-9A-Z]{5}$/.test(textOf(error, 'code') ?? '');
}

function textOf(error: Error, field: string): string | undefined {
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
