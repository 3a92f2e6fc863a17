import {
  type Attributes,
  context,
  type Context,
  propagation,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { AnyContract, Envelope, Event } from '@waybill/contracts';
import { correlationIdOf, handlingContext } from '../context.ts';
import type { ConsumerDefinition } from './consumer.ts';
import type { EventToPark, ParkedReason, RecordOrigin, SkippedDelivery } from './inbox-store.ts';
import { personalValues } from './personal-values.ts';
import { type FailureRecord, failureRecord } from './retry.ts';

const tracer = trace.getTracer('@waybill/messaging');

/** Who handles, as far as spans are concerned. */
export type TracedConsumer = Pick<ConsumerDefinition, 'name' | 'tracing'>;

/** What is called for an event: its contract, the event, how often it was tried, and how it came. */
export interface HandlerCall {
  readonly contract: AnyContract;
  readonly event: Event<never>;
  readonly attempt: number;
  /** Where in the log its delivery lay; undefined for what was fetched from its producer. */
  readonly origin: RecordOrigin | undefined;
  /** Set when it comes from the parked queue. */
  readonly parked?: { readonly reason: ParkedReason; readonly parkedAt: Date };
}

/**
 * Runs `work` under a span that continues the trace of whoever published the event; its names and attributes follow
 * OpenTelemetry's semantic conventions for messaging. A span whose work failed is ended; any other is answered, and
 * ends with {@link ProcessSpans}. A snapshot belongs to nobody's trace: it makes no span, unless it is asked for
 * within one.
 */
export async function inSpan(
  consumer: TracedConsumer,
  call: HandlerCall,
  operation: Operation,
  work: () => Promise<void>,
): Promise<Span | undefined> {
  const { event, contract } = call;
  const isForeign = contract.kind === 'snapshot';
  if (!isForeign && isLeftOut(event, consumer)) {
    await context.with(new ContextWhenAsked(event), work);
    return undefined;
  }
  const parent = isForeign ? withinActive(event) : contextOf(event);
  if (isForeign && (trace.getSpan(parent) === undefined || consumer.tracing === 'none')) {
    await context.with(parent, work);
    return undefined;
  }
  const span = startCallSpan(consumer.name, call, operation, parent);
  try {
    await context.with(trace.setSpan(parent, span), work);
    return span;
  } catch (error) {
    endFailed(span, failureRecord(error, personalValues(contract, event.data)));
    throw error;
  }
}

/** Runs something in the context of one of a batch's events, under its span. */
export type Within = <T>(event: Envelope, work: () => T) => T;

/**
 * Runs `work` under a process span for each of its events, in each event's own trace: whoever follows one of them finds
 * what handled it. No trace is the batch's own, so that `work` itself runs in none.
 */
export async function inSpans(
  consumer: TracedConsumer,
  calls: readonly HandlerCall[],
  work: (within: Within) => Promise<void>,
): Promise<readonly Span[]> {
  const contexts = new Map<string, Context>();
  const spans: Span[] = [];
  for (const call of calls) {
    const { event } = call;
    if (isLeftOut(event, consumer)) continue;
    const parent = contextOf(event);
    const span = startCallSpan(consumer.name, call, 'process', parent);
    if (span.isRecording()) span.setAttribute('messaging.batch.message_count', calls.length);
    contexts.set(event.id, trace.setSpan(parent, span));
    spans.push(span);
  }
  try {
    const within: Within = (event, act) => context.with(contexts.get(event.id) ?? contextOf(event), act);
    await context.with(ROOT_CONTEXT, async () => work(within));
    return spans;
  } catch (error) {
    const personal = calls.flatMap(({ contract, event }) => personalValues(contract, event.data));
    const failure = failureRecord(error, personal);
    for (const span of spans) endFailed(span, failure);
    throw error;
  }
}

/**
 * Whether an event gets no spans here: its trace was not kept where it began (W3C Trace Context, 3.2.2.5), or the consumer
 * is one that only looks on.
 */
export function isLeftOut({ trace: { traceparent } }: Envelope, { tracing }: Pick<TracedConsumer, 'tracing'>): boolean {
  if (tracing === 'none') return true;
  return traceparent !== undefined && (Number.parseInt(traceparent.slice(-2), 16) & 1) === 0;
}

/** Runs a statement where no instrumentation looks at it; what it costs to find out that there is nothing to note adds up. */
export function untraced<T>(work: () => T): T {
  return context.with(ROOT_CONTEXT, work);
}

type Operation = 'process' | 'call';

function startCallSpan(consumer: string, call: HandlerCall, operation: Operation, parent: Context): Span {
  const { contract, event } = call;
  const kind = operation === 'process' ? SpanKind.CONSUMER : SpanKind.INTERNAL;
  const span = tracer.startSpan(`${operation} ${contract.topic}`, { kind }, parent);
  // Most spans are of traces that are not kept; what would be written on them costs more than to make them.
  if (span.isRecording()) {
    span.setAttributes({
      ...attributesOf(consumer, contract.topic, event, call.origin),
      'correlation.id': correlationIdOf(parent) ?? event.correlationId,
      'messaging.operation.name': operation,
      ...(operation === 'process' ? { 'messaging.operation.type': 'process' } : {}),
      'waybill.attempt': call.attempt,
      ...(call.parked === undefined ? {} : parkedAttributes(call.parked)),
    });
  }
  return span;
}

function endFailed(span: Span, failure: FailureRecord): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  span.setAttribute('error.type', failure.code);
  span.end();
}

/**
 * The spans of one transaction. They end when it is known whether the work stays, so that nobody takes work that was
 * undone and done again for two effects.
 */
export class ProcessSpans {
  readonly #consumer: TracedConsumer;
  readonly #done: { readonly span: Span; readonly endedAt: number }[] = [];
  readonly #marks: (() => void)[] = [];

  constructor(consumer: TracedConsumer) {
    this.#consumer = consumer;
  }

  /** A handler's work is done; what becomes of it is open. */
  done(span: Span | undefined): void {
    if (span !== undefined) this.#done.push({ span, endedAt: performance.now() });
  }

  /** Marks deliveries that were not handled again on their events' traces. */
  skipped(skipped: readonly SkippedDelivery[]): void {
    for (const { envelope, origin, reason } of skipped) {
      const topic = origin?.topic ?? envelope.aggregateType;
      this.#marks.push(() => this.#mark('skip', topic, envelope, origin, { 'waybill.skip.reason': reason }));
    }
  }

  /** Marks events that now wait on their traces. What only waits for its call, or failed, has a span of its own. */
  parked(parked: readonly EventToPark[]): void {
    for (const { envelope, record, origin, reason, waitsFor, failure } of parked) {
      if (envelope === undefined || reason === 'external' || reason === 'retry') continue;
      const attributes: Attributes = { 'waybill.parked.reason': reason };
      if (waitsFor !== undefined) attributes['waybill.parked.waits_for'] = waitsFor.projection;
      if (failure !== undefined) attributes['error.type'] = failure.code;
      this.#marks.push(() => this.#mark('park', record.topic, envelope, origin, attributes, failure?.message));
    }
  }

  committed(): void {
    for (const { span, endedAt } of this.#done) span.end(endedAt);
    for (const mark of this.#marks) mark();
  }

  rolledBack(): void {
    for (const { span, endedAt } of this.#done) span.setAttribute('waybill.rolled_back', true).end(endedAt);
  }

  /** A span without a duration. */
  #mark(
    operation: 'skip' | 'park',
    topic: string,
    envelope: Envelope,
    origin: RecordOrigin | undefined,
    attributes: Attributes,
    problem?: string,
  ): void {
    if (this.#consumer.tracing === 'none') return;
    const span = tracer.startSpan(
      `${operation} ${topic}`,
      {
        kind: SpanKind.CONSUMER,
        attributes: {
          ...attributesOf(this.#consumer.name, topic, envelope, origin),
          'messaging.operation.name': operation,
          ...attributes,
        },
      },
      contextOf(envelope),
    );
    if (problem !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: problem });
    span.end();
  }
}

/** Runs `work` under a span in the trace of an event that waits: what is asked of its producer for it belongs there. */
export async function inEventSpan<T>(
  name: string,
  consumer: TracedConsumer,
  { envelope, origin }: { readonly envelope: Envelope | undefined; readonly origin: RecordOrigin | undefined },
  work: () => Promise<T>,
): Promise<T> {
  if (envelope === undefined || consumer.tracing === 'none') return work();
  const parent = contextOf(envelope);
  const attributes = attributesOf(consumer.name, envelope.aggregateType, envelope, origin);
  const span = tracer.startSpan(`${name} ${envelope.aggregateType}`, { attributes }, parent);
  try {
    return await context.with(trace.setSpan(parent, span), work);
  } finally {
    span.end();
  }
}

/** Runs `work` in an event's context, so that what it logs carries the event's trace and business ids. */
export function inContextOf<T>(envelope: Envelope, work: () => T): T {
  return context.with(contextOf(envelope), work);
}

/** The context that an event brings: the trace and baggage of whoever published it, and its own ids. */
function contextOf(envelope: Envelope): Context {
  return handlingContext(propagation.extract(ROOT_CONTEXT, envelope.trace), envelope);
}

/** The context of an event that makes no spans: it is read from its headers when somebody asks, as who publishes does. */
class ContextWhenAsked implements Context {
  readonly #envelope: Envelope;
  #context: Context | undefined;

  constructor(envelope: Envelope) {
    this.#envelope = envelope;
  }

  get #asked(): Context {
    this.#context ??= contextOf(this.#envelope);
    return this.#context;
  }

  getValue(key: symbol): unknown {
    return this.#asked.getValue(key);
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#asked.setValue(key, value);
  }

  deleteValue(key: symbol): Context {
    return this.#asked.deleteValue(key);
  }
}

function withinActive(snapshot: Envelope): Context {
  const active = context.active();
  return handlingContext(active, { ...snapshot, correlationId: correlationIdOf(active) ?? snapshot.correlationId });
}

function attributesOf(
  consumer: string,
  topic: string,
  envelope: Envelope,
  origin: RecordOrigin | undefined,
): Attributes {
  return {
    'messaging.system': 'kafka',
    'messaging.destination.name': topic,
    'messaging.consumer.group.name': consumer,
    'messaging.message.id': envelope.id,
    'messaging.message.conversation_id': envelope.correlationId,
    'correlation.id': envelope.correlationId,
    'waybill.event.type': envelope.type,
    'waybill.aggregate.id': envelope.aggregateId,
    'waybill.aggregate.version': envelope.aggregateVersion,
    // The delivery itself: which record of the log it was.
    ...(origin === undefined
      ? { 'waybill.fetched': true }
      : {
          'messaging.destination.partition.id': String(origin.partition),
          'messaging.kafka.offset': Number(origin.offset),
        }),
  };
}

function parkedAttributes({ reason, parkedAt }: NonNullable<HandlerCall['parked']>): Attributes {
  return {
    'waybill.parked.reason': reason,
    'waybill.parked.ms': Math.max(0, Date.now() - parkedAt.getTime()),
  };
}
