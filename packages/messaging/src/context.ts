import { type Context, createContextKey, propagation } from '@opentelemetry/api';
import type { Envelope, EventId } from '@waybill/contracts';

const CORRELATION_ENTRY = 'correlation.id';
const causationKey = createContextKey('waybill.causation-id');

/** The correlation id of a context: the W3C baggage entry `correlation.id`, which crosses HTTP and the log alike. */
export function correlationIdOf(context: Context): string | undefined {
  return propagation.getBaggage(context)?.getEntry(CORRELATION_ENTRY)?.value;
}

/** The id of the event that is being handled in a context; it stays in the process, what is published carries it. */
export function causationIdOf(context: Context): EventId | undefined {
  return context.getValue(causationKey) as EventId | undefined;
}

/** The context in which an event is handled: its correlation id in the baggage, its id as the cause of what follows. */
export function handlingContext(context: Context, envelope: Pick<Envelope, 'id' | 'correlationId'>): Context {
  const baggage = (propagation.getBaggage(context) ?? propagation.createBaggage()).setEntry(CORRELATION_ENTRY, {
    value: envelope.correlationId,
  });
  return propagation.setBaggage(context, baggage).setValue(causationKey, envelope.id);
}
