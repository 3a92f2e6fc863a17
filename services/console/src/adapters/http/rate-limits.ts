import { problem } from '@waybill/service';
import type { Request, RequestHandler } from 'express';
import { ipKeyGenerator, rateLimit } from 'express-rate-limit';
import { loggedInOf } from './access.ts';

/** Requests a minute. */
export interface RateLimits {
  /** Logins begun or finished, of one address. */
  readonly logins: number;
  /** Commands of one person. */
  readonly commands: number;
  /** Questions of one person; each of some goes to every service. */
  readonly reads: number;
}

export const usualLimits: RateLimits = { logins: 60, commands: 120, reads: 1_200 };

const windowMs = 60_000;

/** Bounds how often one address may log in: each attempt costs a row and a request to the provider. */
export function loginLimit(perMinute: number): RequestHandler {
  return limit(perMinute, (request) => ipKeyGenerator(request.ip ?? ''), 'logins');
}

/** Bounds how often one person may ask, and may command; mount it behind the login. */
export function personLimits({ commands, reads }: RateLimits): RequestHandler {
  const idOf = (request: Request) => loggedInOf(request).person.id;
  const commanding = limit(commands, idOf, 'commands');
  const reading = limit(reads, idOf, 'questions');
  return (request, response, next) =>
    request.method === 'POST' ? commanding(request, response, next) : reading(request, response, next);
}

function limit(perMinute: number, keyGenerator: (request: Request) => string, what: string): RequestHandler {
  return rateLimit({
    windowMs,
    limit: perMinute,
    keyGenerator,
    standardHeaders: 'draft-8',
    legacyHeaders: false,
    identifier: what,
    handler: (_request, _response, next) => {
      next(
        problem(429, {
          code: 'console.too-many',
          detail: `Too many ${what} in a minute. Wait a moment and try again.`,
          headers: { 'Retry-After': '60' },
        }),
      );
    },
  });
}
