import { propagation, ROOT_CONTEXT, SpanKind, trace } from '@opentelemetry/api';
import type { OutboxRow } from './outbox-row.ts';

const tracer = trace.getTracer('@waybill/messaging');

/**
 * Shows on an event's trace when the broker took it, so that waiting in the outbox and waiting at the consumer can be
 * told apart. An event without a recorded trace gets none: sending starts no traces of its own.
 *
 * @param startedAt when the send began that succeeded.
 */
export function traceSent(row: OutboxRow, startedAt: Date): void {
  const { traceparent } = row;
  if (traceparent === null || !isSampled(traceparent)) return;
  const { tracestate, baggage } = row;
  const carrier = {
    traceparent,
    ...(tracestate === null ? {} : { tracestate }),
    ...(baggage === null ? {} : { baggage }),
  };
  tracer
    .startSpan(
      `send ${row.topic}`,
      {
        kind: SpanKind.CLIENT,
        startTime: startedAt,
        attributes: {
          'messaging.system': 'kafka',
          'messaging.operation.name': 'send',
          'messaging.operation.type': 'send',
          'messaging.destination.name': row.topic,
          'messaging.message.id': row.id,
          'messaging.message.conversation_id': row.correlationId,
          'correlation.id': row.correlationId,
          'waybill.event.type': row.type,
          'waybill.outbox.wait_ms': Math.max(0, startedAt.getTime() - Date.parse(row.time)),
        },
      },
      propagation.extract(ROOT_CONTEXT, carrier),
    )
    .end();
}

function isSampled(traceparent: string): boolean {
  return (Number.parseInt(traceparent.slice(-2), 16) & 1) === 1;
}
