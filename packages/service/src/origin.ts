import { context, propagation, ROOT_CONTEXT } from '@opentelemetry/api';
import type { Envelope, EventId, TraceContext } from '@waybill/contracts';
import { handlingContext } from '@waybill/messaging';

/** Where work came from that is finished later, by a background task: plain JSON, to be kept beside that work. */
export interface Origin {
  readonly eventId: EventId;
  readonly correlationId: string;
  readonly trace: TraceContext;
}

/** The origin of what an event's handler leaves to be done later; call it in the handler, whose span is continued. */
export function originOf(event: Pick<Envelope, 'id' | 'correlationId' | 'trace'>): Origin {
  const handling: TraceContext = {};
  propagation.inject(context.active(), handling);
  const trace = handling.traceparent === undefined ? event.trace : handling;
  return { eventId: event.id, correlationId: event.correlationId, trace };
}

/**
 * Runs `fn` as if the event were being handled still: what it publishes belongs to the event's trace, carries its
 * correlation id, and names it as the cause.
 */
export function resume<T>(origin: Origin, fn: () => T): T {
  const remote = propagation.extract(ROOT_CONTEXT, origin.trace);
  return context.with(handlingContext(remote, { id: origin.eventId, correlationId: origin.correlationId }), fn);
}
