import { randomUUID } from 'node:crypto';
import { correlationId, isWellFormedCorrelationId, withCorrelation } from '@waybill/telemetry';
import type { RequestHandler } from 'express';

/**
 * Gives each request its correlation id: `X-Correlation-ID` when it is well formed, else the one in the caller's
 * baggage, else a new one. It is put in the baggage and returned as `X-Correlation-ID`.
 */
export function requestContext(newId: () => string = randomUUID): RequestHandler {
  return (request, response, next) => {
    const given = [request.get('x-correlation-id'), correlationId()].find(isWellFormedCorrelationId);
    const id = given ?? newId();
    response.setHeader('X-Correlation-ID', id);
    response.locals['correlationId'] = id;
    withCorrelation(id, {}, next);
  };
}
