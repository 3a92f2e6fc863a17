/** A field that a service refused, and why. */
export interface RefusedField {
  readonly path: string;
  readonly message: string;
}

/** What a service said in the place of an answer (RFC 9457), as far as it said it. */
export interface Problem {
  readonly title: string;
  readonly status: number;
  readonly type?: string | undefined;
  readonly detail?: string | undefined;
  readonly correlationId?: string | undefined;
  readonly errors?: readonly RefusedField[] | undefined;
}

/** The command cannot be carried out as it was typed; no service was told to do anything. */
export class UsageError extends Error {
  readonly code = 'cli.usage';
  override readonly name = 'UsageError';
}

/** Somebody was asked, and said no. Nothing was done. */
export class DeclinedError extends Error {
  readonly code = 'cli.declined';
  override readonly name = 'DeclinedError';

  constructor() {
    super('Nothing was done.');
  }
}

/** A service did not answer, or not in a form that can be understood. */
export class SilentServiceError extends Error {
  readonly code = 'cli.service-silent';
  override readonly name = 'SilentServiceError';
  readonly service: string;

  constructor(service: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.service = service;
  }
}

/** A service answered with a problem. */
export class RefusedError extends Error {
  readonly code = 'cli.service-refused';
  override readonly name = 'RefusedError';
  readonly service: string;
  readonly problem: Problem;

  constructor(service: string, problem: Problem) {
    super(`${service}: ${problem.detail ?? problem.title}`);
    this.service = service;
    this.problem = problem;
  }
}
