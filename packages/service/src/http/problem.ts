import { STATUS_CODES } from 'node:http';
import { WaybillError } from '@waybill/messaging';
import type { z } from 'zod';

/** A field that was refused, and why: `{ path: 'lines[0].quantity', message: 'must be at least 1' }`. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

export interface ProblemOptions extends ErrorOptions {
  /** Stable, for programs: `orders.not-found`; becomes the type `urn:waybill:problem:orders.not-found`. */
  readonly code?: string;
  readonly title?: string;
  /** For the caller; says what to do next. Never personal data, secrets or internals. */
  readonly detail?: string;
  readonly errors?: readonly FieldProblem[];
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that is a problem (RFC 9457). Throw it from a route; the transaction at hand is rolled back. */
export class ProblemError extends WaybillError {
  readonly status: number;
  readonly options: ProblemOptions;

  constructor(status: number, options: ProblemOptions = {}) {
    super(options.code ?? `http.${status}`, options.detail ?? options.title ?? titleOf(status), options);
    this.status = status;
    this.options = options;
  }
}

/** A problem to throw: `throw problem(409, { code: 'orders.confirmed', detail: 'A confirmed order cannot be cancelled.' })`. */
export function problem(status: number, options: ProblemOptions = {}): ProblemError {
  return new ProblemError(status, options);
}

/** The members of RFC 9457, section 3.1, and two of our own. */
export interface ProblemBody {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
  /** The path that was asked for. */
  readonly instance: string;
  readonly correlationId?: string;
  readonly errors?: readonly FieldProblem[];
}

/** The body of a problem response. */
export function problemBody(error: ProblemError, instance: string, correlationId: string | undefined): ProblemBody {
  const { code, title, detail, errors } = error.options;
  return {
    type: code === undefined ? 'about:blank' : `urn:waybill:problem:${code}`,
    title: title ?? titleOf(error.status),
    status: error.status,
    ...(detail === undefined ? {} : { detail }),
    instance,
    ...(correlationId === undefined ? {} : { correlationId }),
    ...(errors === undefined ? {} : { errors }),
  };
}

function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Problem';
}

/** The fields that a schema refused, by path; an unknown field has an entry of its own. Values are not repeated. */
export function fieldProblems(error: z.ZodError): readonly FieldProblem[] {
  return error.issues.flatMap((issue) => {
    if (issue.code !== 'unrecognized_keys') return [{ path: pathOf(issue.path), message: issue.message }];
    return issue.keys.map((key) => ({ path: pathOf([...issue.path, key]), message: 'Unknown field; leave it out' }));
  });
}

function pathOf(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    return text === '' ? String(part) : `${text}.${String(part)}`;
  }, '');
}
