import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import type { Instrumentation } from '@opentelemetry/instrumentation';
import { NodeSDK } from '@opentelemetry/sdk-node';
import type { SpanProcessor } from '@opentelemetry/sdk-trace';
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace';
import { CorrelationSpanProcessor, QuotedValuesSpanProcessor } from './span-processor.ts';

export interface TelemetryOptions {
  readonly serviceName: string;
  /** Base of an OTLP http receiver (`http://127.0.0.1:4318`); nothing is exported when left out. */
  readonly otlpEndpoint?: string | undefined;
  /** The share of new traces that is kept, 0 to 1; a caller's decision is followed. 1 when left out. */
  readonly sampleRatio?: number;
  readonly instrumentations?: readonly Instrumentation[];
  /** Further processors, for tests. */
  readonly spanProcessors?: readonly SpanProcessor[];
}

let running: NodeSDK | undefined;

/** Whether the SDK runs in this process: by `node --import @waybill/telemetry/register`, or by {@link startTelemetry}. */
export function telemetryStarted(): boolean {
  return running !== undefined;
}

/**
 * Starts OpenTelemetry: context, W3C trace context and baggage, and the export when there is an endpoint. An endpoint
 * that is down costs nothing but its spans: they wait in a bounded queue and are then dropped. Starting twice does
 * nothing.
 */
export function startTelemetry(options: TelemetryOptions): void {
  if (running !== undefined) return;
  const sdk = new NodeSDK({
    serviceName: options.serviceName,
    // The detectors run commands and record the process's arguments; the name is enough.
    autoDetectResources: false,
    textMapPropagator: new CompositePropagator({
      propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
    }),
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(options.sampleRatio ?? 1) }),
    // What completes and cleans a span comes first, so that every later processor sees it so.
    spanProcessors: [
      new CorrelationSpanProcessor(),
      new QuotedValuesSpanProcessor(),
      ...exporting(options.otlpEndpoint),
      ...(options.spanProcessors ?? []),
    ],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [...(options.instrumentations ?? [])],
  });
  sdk.start();
  running = sdk;
}

function exporting(endpoint: string | undefined): readonly SpanProcessor[] {
  if (endpoint === undefined || endpoint === '') return [];
  const exporter = new OTLPTraceExporter({ url: `${endpoint.replace(/\/+$/, '')}/v1/traces`, timeoutMillis: 5_000 });
  return [
    new BatchSpanProcessor({
      exporter,
      maxQueueSize: 16_384,
      maxExportBatchSize: 512,
      scheduledDelayMillis: 1_000,
      exportTimeoutMillis: 5_000,
    }),
  ];
}

/**
 * Sends what is left and stops the SDK, in at most `deadlineMs`; what could not be sent by then is dropped. Never
 * rejects: telemetry must not decide how a service ends.
 */
export async function stopTelemetry(deadlineMs = 2_000): Promise<void> {
  const sdk = running;
  if (sdk === undefined) return;
  running = undefined;
  const { promise: deadline, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, deadlineMs);
  await Promise.race([sdk.shutdown().catch(() => undefined), deadline]);
  clearTimeout(timer);
}
