import { context, propagation, trace } from '@opentelemetry/api';

/** The baggage entries that become attributes of every span and fields of every log line. Nothing else is copied. */
export const copiedEntries = ['correlation.id', 'order.id', 'customer.id'] as const;

/** One of the baggage entries that Waybill copies. */
export type CopiedEntry = (typeof copiedEntries)[number];

/** Business ids that go with a correlation id: `{ 'order.id': '42' }`. */
export type BusinessIds = Partial<Record<Exclude<CopiedEntry, 'correlation.id'>, string>>;

const wellFormed = /^[A-Za-z0-9._:-]{1,128}$/;

/** Whether `text` may be used as a correlation id: 1 to 128 of letters, digits, `.`, `_`, `:` and `-`. */
export function isWellFormedCorrelationId(text: unknown): text is string {
  return typeof text === 'string' && wellFormed.test(text);
}

/**
 * Runs `fn` with a correlation id, and business ids, in the baggage of the active context, and marks the active span
 * with them. They travel on to every span, log line, event and outgoing call made within. Values that are not well
 * formed are left out, since baggage and tags must not carry what a stranger composed.
 */
export function withCorrelation<T>(id: string, businessIds: BusinessIds, fn: () => T): T {
  const entries: Partial<Record<CopiedEntry, string | undefined>> = { ...businessIds, 'correlation.id': id };
  let baggage = propagation.getActiveBaggage() ?? propagation.createBaggage();
  const span = trace.getActiveSpan();
  for (const name of copiedEntries) {
    const value = entries[name];
    if (!isWellFormedCorrelationId(value)) continue;
    baggage = baggage.setEntry(name, { value });
    span?.setAttribute(name, value);
  }
  return context.with(propagation.setBaggage(context.active(), baggage), fn);
}

/** Runs `fn` with business ids added to the active context; the correlation id stays. */
export function withBusinessIds<T>(businessIds: BusinessIds, fn: () => T): T {
  return withCorrelation(correlationId() ?? '', businessIds, fn);
}

/** The correlation id of the active context, if there is one. */
export function correlationId(): string | undefined {
  return propagation.getActiveBaggage()?.getEntry('correlation.id')?.value;
}

/** The copied baggage entries of a context, the active one when left out. */
export function copiedBaggage(of = context.active()): Partial<Record<CopiedEntry, string>> {
  const baggage = propagation.getBaggage(of);
  const found: Partial<Record<CopiedEntry, string>> = {};
  for (const name of copiedEntries) {
    const value = baggage?.getEntry(name)?.value;
    if (value !== undefined) found[name] = value;
  }
  return found;
}
