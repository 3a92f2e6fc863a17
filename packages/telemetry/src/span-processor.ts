import { type Attributes, type Context, SpanStatusCode } from '@opentelemetry/api';
import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace';
import { copiedBaggage } from './correlation.ts';
import { withoutQueryValues, withoutQuotedValues } from './quoted-values.ts';

/** Copies the allow-listed baggage entries of its parent context onto each span as it starts. */
export class CorrelationSpanProcessor implements SpanProcessor {
  onStart(span: Span, parentContext: Context): void {
    span.setAttributes(copiedBaggage(parentContext));
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** By the names of OpenTelemetry's conventions for HTTP, those of today and of before. */
const queryAttributes = ['url.query', 'url.full', 'http.url', 'http.target'];

/** Takes the values that a database quotes out of the errors on spans, and those of queries out of addresses, whoever put them there. */
export class QuotedValuesSpanProcessor implements SpanProcessor {
  onStart(): void {}

  onEnding(span: Span): void {
    for (const name of queryAttributes) {
      const value = span.attributes[name];
      if (typeof value === 'string') span.setAttribute(name, withoutQueryValues(value));
    }
    if (span.status.code !== SpanStatusCode.ERROR) return;
    const { message } = span.status;
    if (message !== undefined) span.setStatus({ code: SpanStatusCode.ERROR, message: withoutQuotedValues(message) });
    for (const event of span.events) {
      if (event.name === 'exception' && event.attributes !== undefined) event.attributes = stripped(event.attributes);
    }
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

function stripped(attributes: Attributes): Attributes {
  const strip = (value: Attributes[string]) => (typeof value === 'string' ? withoutQuotedValues(value) : value);
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, strip(value)]));
}
