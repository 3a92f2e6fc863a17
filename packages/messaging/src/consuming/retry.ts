import { maskedValue } from '@waybill/contracts';
import { PauseError, RetryableError, TerminalError } from '../errors.ts';
import type { RetryPolicy } from './consumer.ts';

export const defaultRetry: RetryPolicy = { baseMs: 200, capMs: 60_000, maxAttempts: 12, budgetShare: 0.2 };

/** What is to become of an event whose handler failed. */
export type FailureVerdict =
  | { readonly verdict: 'retry'; readonly afterMs: number }
  | { readonly verdict: 'dead' }
  | { readonly verdict: 'pause'; readonly dependency: string; readonly probeAfterMs: number };

const DEFAULT_PROBE_MS = 2_000;

/**
 * Decides what follows a handler's failure. An unknown error is retryable until its attempts end.
 *
 * @param attempts attempts made so far, this one included.
 * @param random uniform in [0, 1).
 */
export function judgeFailure(error: unknown, attempts: number, policy: RetryPolicy, random: number): FailureVerdict {
  if (error instanceof TerminalError) return { verdict: 'dead' };
  if (error instanceof PauseError) {
    return { verdict: 'pause', dependency: error.dependency, probeAfterMs: error.probeAfterMs ?? DEFAULT_PROBE_MS };
  }
  if (attempts >= policy.maxAttempts) return { verdict: 'dead' };
  const atLeastMs = error instanceof RetryableError ? (error.retryAfterMs ?? 0) : 0;
  return { verdict: 'retry', afterMs: atLeastMs + backoffMs(attempts, policy, random) };
}

/** Full jitter: uniform between 0 and `min(capMs, baseMs * 2^(attempts - 1))`. */
export function backoffMs(attempts: number, policy: Pick<RetryPolicy, 'baseMs' | 'capMs'>, random: number): number {
  return Math.round(random * Math.min(policy.capMs, policy.baseMs * 2 ** Math.min(attempts - 1, 30)));
}

/**
 * Full jitter for an event that waits for others and was not tried itself, so that no attempt is counted against it:
 * uniform between 0 and the time that it has waited, at least `baseMs` and at most `capMs`. The waits double about.
 */
export function waitingMs(waitedMs: number, policy: Pick<RetryPolicy, 'baseMs' | 'capMs'>, random: number): number {
  return Math.round(random * Math.min(policy.capMs, Math.max(policy.baseMs, waitedMs)));
}

/** An error as it is kept beside a parked event. */
export interface FailureRecord {
  /** The error's class name. */
  readonly type: string;
  readonly code: string;
  readonly message: string;
  /** Where it was thrown: the frames of our own and the team's code, a line each. */
  readonly stack?: string;
  /** Milliseconds that the attempt took. */
  readonly workMs?: number;
}

const MESSAGE_LIMIT = 500;
const FRAMES_LIMIT = 8;
const STACK_LIMIT = 2_000;

/**
 * An error in the form that may be stored and logged.
 *
 * @param personal the event's personal values; wherever the message quotes one, it is masked.
 */
export function failureRecord(error: unknown, personal: readonly string[]): FailureRecord {
  if (!(error instanceof Error)) {
    return {
      type: typeof error,
      code: 'handler.unknown',
      message: 'The handler threw something that is not an error.',
    };
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : 'handler.unknown';
  const masked = (text: string) => personal.reduce((rest, value) => rest.replaceAll(value, maskedValue), text);
  const stack = framesOf(error);
  return {
    type: error.name,
    code,
    message: masked(withoutQuotedValues(error)).slice(0, MESSAGE_LIMIT),
    ...(stack === '' ? {} : { stack: masked(stack) }),
  };
}

/** A stack's frames without its message, which may quote data, and without what is not ours: node's and the libraries'. */
function framesOf(error: Error): string {
  return (error.stack ?? '')
    .split('\n')
    .filter((line) => line.startsWith('    at ') && !/node:internal|node_modules/.test(line))
    .slice(0, FRAMES_LIMIT)
    .map((line) => line.trim().replace(/(?:file:\/\/)?\/(?:[^\s()/]+\/)*?(?=(?:[^/\s()]+\/){0,4}[^/\s()]+\)?$)/, ''))
    .join('\n')
    .slice(0, STACK_LIMIT);
}

/** A database quotes the value that it refuses, which is somebody's data. Quoted names of columns and relations stay. */
function withoutQuotedValues(error: Error): string {
  return 'severity' in error ? error.message.replace(/(: |\bvalue )"[\s\S]*"/, '$1[value]') : error.message;
}

/** Retries as a share of deliveries, so that a bad dependency cannot turn into a storm. */
export interface RetryBudget {
  /** Notes a first delivery; each one earns `budgetShare` of a retry. */
  earn(deliveries: number): void;
  /** Takes one retry if there is one left. */
  spend(nowMs: number): boolean;
  /** Whether there is one left. */
  affords(nowMs: number): boolean;
}

const MIN_RETRIES_PER_SECOND = 10;
const MAX_SAVED_RETRIES = 1_000;

/** A token bucket: earned by deliveries, and topped up by ten a second whatever the traffic. */
export function retryBudget(policy: Pick<RetryPolicy, 'budgetShare'>, startMs: number): RetryBudget {
  let tokens = MIN_RETRIES_PER_SECOND;
  let toppedUpAt = startMs;
  const topUp = (nowMs: number): void => {
    const earned = ((nowMs - toppedUpAt) / 1_000) * MIN_RETRIES_PER_SECOND;
    toppedUpAt = nowMs;
    tokens = Math.min(MAX_SAVED_RETRIES, tokens + Math.max(0, earned));
  };
  return {
    earn(deliveries) {
      tokens = Math.min(MAX_SAVED_RETRIES, tokens + deliveries * policy.budgetShare);
    },
    spend(nowMs) {
      topUp(nowMs);
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
    affords(nowMs) {
      topUp(nowMs);
      return tokens >= 1;
    },
  };
}
