import type { RequestHandler } from 'express';
import { Router } from 'express';
import type { AnyEndpoint, EndpointHandler, Prepare, TransactionalHandler } from './endpoint.ts';
import type { Transactional } from './idempotent.ts';
import { idempotent, preparedIdempotent } from './idempotent.ts';
import { problem } from './problem.ts';
import { validated } from './validated.ts';

/** An endpoint with its handler. Made with {@link serve} or {@link serveWrite}. */
export interface ServedEndpoint {
  readonly endpoint: AnyEndpoint;
  readonly handler: RequestHandler;
}

/** Serves an endpoint that reads, or that makes its own transactions. */
export function serve<TEndpoint extends AnyEndpoint>(
  endpoint: TEndpoint,
  handle: EndpointHandler<NoInfer<TEndpoint>>,
): ServedEndpoint {
  return { endpoint, handler: validated(endpoint, handle) };
}

/** Serves an endpoint that writes, in one transaction and under its `Idempotency-Key`; see {@link idempotent}. */
export function serveWrite<TEndpoint extends AnyEndpoint>(
  runtime: Transactional,
  endpoint: TEndpoint,
  handle: TransactionalHandler<NoInfer<TEndpoint>>,
): ServedEndpoint {
  return { endpoint, handler: idempotent(runtime, endpoint, handle) };
}

/** The same where something must be found out first, with no transaction open; see {@link preparedIdempotent}. */
export function servePrepared<TEndpoint extends AnyEndpoint, TPrepared>(
  runtime: Transactional,
  endpoint: TEndpoint,
  prepare: Prepare<NoInfer<TEndpoint>, TPrepared>,
  handle: TransactionalHandler<NoInfer<TEndpoint>, NoInfer<TPrepared>>,
): ServedEndpoint {
  return { endpoint, handler: preparedIdempotent(runtime, endpoint, prepare, handle) };
}

/** A router of endpoints; a method that a path does not have is answered with 405. */
export function routes(...served: readonly ServedEndpoint[]): Router {
  const router = Router();
  for (const { endpoint, handler } of served) router[endpoint.method](endpoint.path, handler);
  for (const path of new Set(served.map(({ endpoint }) => endpoint.path))) {
    const allowed = served
      .filter(({ endpoint }) => endpoint.path === path)
      .map(({ endpoint }) => endpoint.method.toUpperCase());
    router.all(path, () => {
      throw problem(405, {
        code: 'http.method-not-allowed',
        detail: `Only ${allowed.join(', ')} can be asked of this path.`,
        headers: { Allow: allowed.join(', ') },
      });
    });
  }
  return router;
}
