import type { ServerOptions } from 'node:http';
import type { RequestHandler } from 'express';
import { problem } from './problem.ts';

/** What a request may take before it is refused. Times in milliseconds. */
export const serverLimits = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  connectionsCheckingInterval: 5_000,
  maxHeaderSize: 16 * 1024,
} satisfies ServerOptions;

/** Open connections per process; more are closed at once. */
export const maxConnections = 2_000;

/** The largest body that is read. */
export const maxBodyBytes = 64 * 1024;

/**
 * Lets at most `limit` requests be handled at a time; the next gets 503 with Retry-After, so that a flood is refused
 * while the process can still answer. Probes must be mounted before it.
 */
export function concurrencyLimit(limit: number): RequestHandler {
  let handling = 0;
  return (_request, response, next) => {
    if (handling >= limit) {
      next(
        problem(503, {
          code: 'http.busy',
          detail: 'Too many requests at once. Try again shortly.',
          headers: { 'Retry-After': '1' },
        }),
      );
      return;
    }
    handling += 1;
    response.once('close', () => {
      handling -= 1;
    });
    next();
  };
}
