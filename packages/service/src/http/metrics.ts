import type { Request, RequestHandler } from 'express';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';

/** The metrics of one service, as Prometheus reads them. */
export interface Metrics {
  readonly registry: Registry;
  /** Times requests by method, route pattern and status; never by path, whose values are without end. */
  readonly middleware: RequestHandler;
}

export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const seconds = new Histogram({
    name: 'http_server_request_duration_seconds',
    help: 'Time to answer a request',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  return {
    registry,
    middleware: (request, response, next) => {
      const stop = seconds.startTimer();
      response.once('close', () => {
        stop({ method: request.method, route: routeOf(request), status: String(response.statusCode) });
      });
      next();
    },
  };
}

function routeOf(request: Request): string {
  const route: unknown = request.route;
  if (typeof route !== 'object' || route === null || !('path' in route)) return 'none';
  return `${request.baseUrl}${String(route.path)}`;
}

/** Labels and what was measured; undefined when it is not known. */
export type GaugeValue<TLabel extends string> = readonly [Record<TLabel, string>, number | undefined];

/**
 * A gauge whose values are looked up when Prometheus asks: `read` answers pairs of labels and a value, and leaves out
 * what is unknown. An error in it leaves the gauge empty, so that the rest can still be read.
 */
export function observedGauge<TLabel extends string>(
  registry: Registry,
  options: { readonly name: string; readonly help: string; readonly labels: readonly TLabel[] },
  read: () => Iterable<GaugeValue<TLabel>> | Promise<Iterable<GaugeValue<TLabel>>>,
): void {
  const gauge = new Gauge({
    name: options.name,
    help: options.help,
    labelNames: [...options.labels],
    registers: [registry],
    async collect() {
      gauge.reset();
      for (const [labels, value] of await read()) {
        if (value !== undefined && Number.isFinite(value)) gauge.set(labels, value);
      }
    },
  });
}
