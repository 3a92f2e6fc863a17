import { type Context, propagation, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';

const CORRELATION_ENTRY = 'correlation.id';
/** Characters of baggage that travel with an event; a browser's or gateway's long baggage must not fill the outbox. */
const MAX_BAGGAGE = 2_048;
const MAX_TRACESTATE = 512;

/** What a create span leaves in the row, so that the trace does not end at the database. */
export interface RowTrace {
  readonly traceparent: string | null;
  readonly tracestate: string | null;
  readonly baggage: string | null;
}

/** The create span of one fact (OpenTelemetry's semantic conventions for messaging), a child of `context`. */
export function startCreateSpan(
  context: Context,
  fact: {
    readonly topic: string;
    readonly type: string;
    readonly id: string;
    readonly key: string;
    readonly correlationId: string;
  },
): { readonly span: Span; readonly row: RowTrace } {
  const span = trace.getTracer('@waybill/messaging').startSpan(
    `create ${fact.topic}`,
    {
      kind: SpanKind.PRODUCER,
      attributes: {
        'messaging.system': 'kafka',
        'messaging.operation.name': 'create',
        'messaging.operation.type': 'create',
        'messaging.destination.name': fact.topic,
        'messaging.message.id': fact.id,
        'messaging.message.conversation_id': fact.correlationId,
        'messaging.kafka.message.key': fact.key,
        'correlation.id': fact.correlationId,
        'waybill.event.type': fact.type,
      },
    },
    context,
  );
  const baggage = (propagation.getBaggage(context) ?? propagation.createBaggage()).setEntry(CORRELATION_ENTRY, {
    value: fact.correlationId,
  });
  const carrier: Record<string, string> = {};
  propagation.inject(propagation.setBaggage(trace.setSpan(context, span), baggage), carrier);
  return { span, row: rowTrace(carrier) };
}

/** Ends a create span, as failed when there is an error. */
export function endCreateSpan(span: Span, version: number | undefined, error?: unknown): void {
  if (version !== undefined) span.setAttribute('waybill.aggregate.version', version);
  if (error !== undefined) {
    // Its message may quote the data that was refused.
    span.setAttribute('error.type', errorType(error)).setStatus({ code: SpanStatusCode.ERROR });
  }
  span.end();
}

function errorType(error: unknown): string {
  if (!(error instanceof Error)) return '_OTHER';
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** Whole entries up to `limit` characters, the correlation id before all others. */
export function limitBaggage(baggage: string, limit = MAX_BAGGAGE): string {
  if (baggage.length <= limit) return baggage;
  const entries = baggage.split(',');
  const first = entries.filter((entry) => entry.trim().startsWith(`${CORRELATION_ENTRY}=`));
  const rest = entries.filter((entry) => !entry.trim().startsWith(`${CORRELATION_ENTRY}=`));
  let kept = '';
  for (const entry of [...first, ...rest]) {
    const next = kept === '' ? entry : `${kept},${entry}`;
    if (next.length <= limit) kept = next;
  }
  return kept;
}

function rowTrace(carrier: Readonly<Record<string, string>>): RowTrace {
  const { traceparent, tracestate, baggage } = carrier;
  return {
    traceparent: traceparent ?? null,
    // A tracestate is optional and may be dropped whole; cut in the middle it would be malformed.
    tracestate: tracestate && tracestate.length <= MAX_TRACESTATE ? tracestate : null,
    baggage: baggage ? limitBaggage(baggage) || null : null,
  };
}
