/**
 * Starts telemetry before anything that it patches is loaded: `node --import @waybill/telemetry/register src/main.ts`.
 * Reads `OTEL_SERVICE_NAME`, `OTEL_EXPORTER_OTLP_ENDPOINT` and `OTEL_TRACES_SAMPLER_ARG` (0 to 1), since it runs before
 * any configuration of the service can be parsed.
 */
import { register } from 'node:module';
import { instrumentations } from './instrumentations.ts';
import { startTelemetry } from './sdk.ts';

// Without the loader hook the imports of ES modules are not patched: express gives no spans, and pg and http fewer.
// Only these are wrapped: wrapping every module slows the start of a service.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url, {
  data: { include: ['express', 'pg', 'pg-pool', 'http', 'https', 'node:http', 'node:https'] },
});

const asked = Number(process.env['OTEL_TRACES_SAMPLER_ARG'] ?? '1');
startTelemetry({
  serviceName: process.env['OTEL_SERVICE_NAME'] ?? 'waybill',
  otlpEndpoint: process.env['OTEL_EXPORTER_OTLP_ENDPOINT'],
  sampleRatio: asked >= 0 && asked <= 1 ? asked : 1,
  instrumentations: instrumentations(),
});
