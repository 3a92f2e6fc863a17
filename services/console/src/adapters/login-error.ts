import { WaybillError } from '@waybill/messaging';

/**
 * Why a login came to nothing.
 * - `refused`: the provider did not let the person in. `unavailable`: it does not answer.
 * - `invalid`: what came back does not hold: it is forged, old, or was used before.
 */
export type LoginFailure = 'refused' | 'unavailable' | 'invalid';

/** A login that came to nothing. Its message has a code of the protocol alone: never a token, a code or a claim. */
export class LoginError extends WaybillError {
  readonly failure: LoginFailure;

  constructor(failure: LoginFailure, why: string) {
    super(`console.login-${failure}`, `The login failed: ${why}. Log in again; see to the provider if it goes on.`);
    this.failure = failure;
  }
}

/**
 * What a login came to by what openid-client threw. The cause is left out, since it can hold the answer of the provider
 * with its tokens.
 */
export function loginErrorOf(error: unknown, otherwise: LoginFailure): LoginError {
  if (error instanceof LoginError) return error;
  return new LoginError(isUnreachable(error) ? 'unavailable' : otherwise, codeOf(error));
}

function isUnreachable(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  // What fetch throws without an answer, and openid-client for one that came too late.
  if (error instanceof TypeError && error.message === 'fetch failed') return true;
  if (error.name === 'TimeoutError' || textOf(error, 'code') === 'OAUTH_TIMEOUT') return true;
  return error.cause !== undefined && isUnreachable(error.cause);
}

function codeOf(error: unknown): string {
  const code = textOf(error, 'error') ?? textOf(error, 'code') ?? 'unknown';
  return /^[\w.-]{1,64}$/.test(code) ? code : 'unknown';
}

function textOf(error: unknown, field: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
