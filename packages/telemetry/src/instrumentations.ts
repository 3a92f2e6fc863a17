import type { RequestOptions } from 'node:http';
import { trace } from '@opentelemetry/api';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { ExpressInstrumentation, ExpressLayerType } from '@opentelemetry/instrumentation-express';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici';
import { correlationId } from './correlation.ts';

const untraced = new Set(['/healthz', '/readyz', '/metrics']);

/** Whether a request path is one that probes and scrapers ask for over and over, and nobody looks for in a trace. */
export function isProbePath(url: string | undefined): boolean {
  return untraced.has((url ?? '').split('?', 1)[0] ?? '');
}

/**
 * The instrumentations of a service. Kafka is not among them: the messaging spans are made by Waybill itself, since
 * the instrumentation of kafkajs overwrites the `traceparent` of an event.
 */
export function instrumentations(): readonly Instrumentation[] {
  return [
    new HttpInstrumentation({
      ignoreIncomingRequestHook: (request) => isProbePath(request.url),
      // The exporter's own requests, and polls outside any trace, would fill the store with single spans.
      requireParentforOutgoingSpans: true,
      ignoreOutgoingRequestHook: (request: RequestOptions) => request.path === '/v1/traces',
    }),
    new ExpressInstrumentation({
      ignoreLayersType: [ExpressLayerType.MIDDLEWARE, ExpressLayerType.ROUTER],
      spanNameHook: (info, defaultName) =>
        info.layerType === ExpressLayerType.REQUEST_HANDLER ? `${methodOf(info.request)} ${info.route}` : defaultName,
    }),
    new PgInstrumentation({ requireParentSpan: true, enhancedDatabaseReporting: false, ignoreConnectSpans: true }),
    new UndiciInstrumentation({
      requireParentforSpans: true,
      requestHook: (_span, request) => {
        const id = correlationId();
        if (id !== undefined && trace.getActiveSpan() !== undefined) request.addHeader('x-correlation-id', id);
      },
    }),
  ];
}

function methodOf(request: unknown): string {
  return typeof request === 'object' && request !== null && 'method' in request ? String(request.method) : 'HTTP';
}
