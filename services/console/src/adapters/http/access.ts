import { createHash, timingSafeEqual } from 'node:crypto';
import { isAllowed, type Operation, rolesFor } from '@waybill/messaging';
import { problem, type ProblemError } from '@waybill/service';
import type { Request, RequestHandler } from 'express';
import { endSession, leaveUntouched, type LoggedIn, type Transport } from './session.ts';

const letThrough = new WeakMap<Request, LoggedIn>();

/** The person of a request that {@link requireLogin} let through. */
export function loggedInOf(request: Request): LoggedIn {
  const loggedIn = letThrough.get(request);
  if (loggedIn === undefined) throw notLoggedIn();
  return loggedIn;
}

/**
 * Lets only those through who are logged in, and ends sessions that have lasted long enough. A page that asks by itself
 * while nobody touches it says so (`x-unattended`), so that it does not keep an idle session alive.
 */
export function requireLogin(transport: Transport, now: () => number): RequestHandler {
  return async (request, response, next) => {
    const { loggedIn } = request.session;
    if (loggedIn === undefined) throw notLoggedIn();
    if (now() >= loggedIn.until) {
      await endSession(request, response, transport);
      throw problem(401, {
        code: 'console.session-ended',
        detail: 'This session has lasted its 8 hours. Log in again at /login.',
      });
    }
    letThrough.set(request, loggedIn);
    if (request.get('x-unattended') !== undefined) leaveUntouched(request);
    next();
  };
}

/**
 * Lets a request that changes something through only when it comes from the console's own pages: from its origin, and
 * with the token of its session, which no other site can read.
 */
export function requireOwnPage(origin: string): RequestHandler {
  return (request, _response, next) => {
    if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') {
      next();
      return;
    }
    const { csrfToken } = loggedInOf(request);
    if (request.get('origin') !== origin) {
      throw problem(403, {
        code: 'console.foreign-origin',
        detail: 'This request does not come from a page of the console. Open the console and try again there.',
      });
    }
    const given = request.get('x-csrf-token');
    if (given === undefined || !sameText(given, csrfToken)) {
      throw problem(403, {
        code: 'console.csrf-token',
        detail: 'The x-csrf-token of this request is not that of the session. Load the page anew and try again.',
      });
    }
    next();
  };
}

/** @throws {ProblemError} 403 when none of the person's roles may do this. */
export function requireAllowed(request: Request, operation: Operation): void {
  const { person } = loggedInOf(request);
  if (isAllowed(person.roles, operation)) return;
  throw problem(403, {
    code: 'console.not-allowed',
    detail: `This needs one of the roles ${rolesFor(operation).join(', ')}. Ask somebody who has one.`,
  });
}

function notLoggedIn(): ProblemError {
  return problem(401, { code: 'console.not-logged-in', detail: 'Nobody is logged in. Log in at /login.' });
}

/** Compares in constant time, so that a token cannot be learnt from how long a refusal takes. */
function sameText(one: string, other: string): boolean {
  return timingSafeEqual(digest(one), digest(other));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
