/** The root of all errors of Waybill: a stable `code`, and a message that ends in the next step for its reader. */
export class WaybillError extends Error {
  /** Stable, for programs: `outbox.version-conflict`. */
  readonly code: string;

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }
}

/** Thrown by a handler: it may work later. The event is parked and tried again with full jitter, within the retry budget. */
export class RetryableError extends WaybillError {
  /** Milliseconds before which a retry is pointless, as a dependency said (`Retry-After`). */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, options: ErrorOptions & { code?: string; retryAfterMs?: number } = {}) {
    super(options.code ?? 'handler.retryable', message, options);
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Thrown by a handler: no retry will help. The event is dead at once, with this reason, and holds its entity's queue. */
export class TerminalError extends WaybillError {
  constructor(message: string, options: ErrorOptions & { code?: string } = {}) {
    super(options.code ?? 'handler.terminal', message, options);
  }
}

/** Thrown by a handler: a dependency is down. The consumer stops pulling, keeps its membership, and probes. */
export class PauseError extends WaybillError {
  readonly dependency: string;
  /** Milliseconds until the first probe. */
  readonly probeAfterMs: number | undefined;

  constructor(dependency: string, message: string, options: ErrorOptions & { probeAfterMs?: number } = {}) {
    super('handler.pause', message, options);
    this.dependency = dependency;
    this.probeAfterMs = options.probeAfterMs;
  }
}

/**
 * Thrown when reading a partition cannot begin where it should: trying again does not help, and beginning elsewhere would
 * skip or repeat in silence. It ends the subscription.
 */
export class CannotFollowError extends WaybillError {}
