import type { Logger } from '@waybill/messaging';
import { correlationId } from '@waybill/telemetry';
import type { ErrorRequestHandler, Express, RequestHandler } from 'express';
import express from 'express';
import helmet from 'helmet';
import { concurrencyLimit, maxBodyBytes } from './limits.ts';
import type { Metrics } from './metrics.ts';
import { problemOfError } from './problem-of-error.ts';
import { problem, problemBody } from './problem.ts';
import { requestContext } from './request-context.ts';

export interface AppOptions {
  readonly log: Logger;
  readonly metrics: Metrics;
  /** Probes and metrics: answered whatever the load. */
  readonly health: RequestHandler;
  /** Keeps requests out while the service is not ready. */
  readonly gate?: RequestHandler;
  /** The endpoints that other services and operators ask, behind their tokens. */
  readonly internal?: readonly RequestHandler[];
  readonly routes?: RequestHandler | undefined;
  readonly openapi?: object | undefined;
  /** Requests handled at a time; 256 when left out. */
  readonly concurrency?: number;
}

/** The HTTP side of a service: limits, correlation, JSON in, problems out. */
export function createApp(options: AppOptions): Express {
  const { log, metrics, openapi } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.use(options.health);
  app.use(requestContext());
  app.use(metrics.middleware);
  app.use(helmet());
  if (options.gate !== undefined) app.use(options.gate);
  app.use(concurrencyLimit(options.concurrency ?? 256));
  app.use(express.json({ limit: maxBodyBytes, type: ['application/json', 'application/*+json'] }));
  if (openapi !== undefined) app.get('/openapi.json', (_request, response) => void response.json(openapi));
  for (const handler of options.internal ?? []) app.use(handler);
  if (options.routes !== undefined) app.use(options.routes);
  app.use(() => {
    throw problem(404, { code: 'http.not-found', detail: 'There is nothing at this path; see /openapi.json.' });
  });
  app.use(problems(log));
  return app;
}

/** Answers every error with a problem (RFC 9457). Only what the caller can act on is said; the rest is logged. */
export function problems(log: Logger): ErrorRequestHandler {
  // express knows an error handler by its four parameters.
  return (error: unknown, request, response, next) => {
    const found = problemOfError(error);
    if (found.status >= 500) log.error({ err: error, method: request.method, status: found.status }, 'request failed');
    else log.debug({ code: found.code, method: request.method, status: found.status }, 'request refused');
    if (response.headersSent) {
      next(error);
      return;
    }
    for (const [name, value] of Object.entries(found.options.headers ?? {})) response.setHeader(name, value);
    const id: unknown = response.locals['correlationId'] ?? correlationId();
    response
      .status(found.status)
      .type('application/problem+json')
      .send(JSON.stringify(problemBody(found, request.path, typeof id === 'string' ? id : undefined)));
  };
}
