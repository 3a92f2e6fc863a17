import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { problem } from '../http/problem.ts';

/**
 * Lets only those through who send `Authorization: Bearer <token>`. Hashes are compared, in constant time, so that
 * neither the token nor its length can be learnt from how long a refusal takes.
 */
export function requireServiceToken(token: string): RequestHandler {
  const expected = digest(token);
  return (request, response, next) => {
    const given = /^Bearer ([^\s]+)$/i.exec(request.get('authorization') ?? '')?.[1];
    response.setHeader('Cache-Control', 'no-store');
    if (given !== undefined && timingSafeEqual(digest(given), expected)) next();
    else {
      next(
        problem(401, {
          code: 'http.service-token',
          detail: 'This endpoint is for other services. Send Authorization: Bearer with the SERVICE_TOKEN.',
          headers: { 'WWW-Authenticate': 'Bearer' },
        }),
      );
    }
  };
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
