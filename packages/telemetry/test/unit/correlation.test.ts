import { context, propagation, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import {
  correlationId,
  isWellFormedCorrelationId,
  startTelemetry,
  stopTelemetry,
  withBusinessIds,
  withCorrelation,
} from '../../src/index.ts';

const spans = new InMemorySpanExporter();
const tracer = trace.getTracer('test');

beforeAll(() => {
  startTelemetry({ serviceName: 'test', spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] });
});
beforeEach(() => spans.reset());
afterAll(() => stopTelemetry());

function finished(name: string) {
  const span = spans.getFinishedSpans().find((one) => one.name === name);
  if (span === undefined) throw new Error(`no span ${name}`);
  return span;
}

test('a span started within a correlation carries its id and its business ids', () => {
  withCorrelation('c-1', { 'order.id': 'o-1' }, () => tracer.startSpan('inner').end());
  expect(finished('inner').attributes).toMatchObject({ 'correlation.id': 'c-1', 'order.id': 'o-1' });
});

test('the span that was active before gets the ids too', () => {
  tracer.startActiveSpan('outer', (span) => {
    withCorrelation('c-2', {}, () => undefined);
    span.end();
  });
  expect(finished('outer').attributes['correlation.id']).toBe('c-2');
});

test('a baggage entry that is not on the list is not copied to a span', () => {
  const baggage = propagation.createBaggage({ email: { value: 'a@example.org' }, 'correlation.id': { value: 'c-3' } });
  context.with(propagation.setBaggage(context.active(), baggage), () => tracer.startSpan('listed').end());
  expect(finished('listed').attributes).toEqual({ 'correlation.id': 'c-3' });
});

test('the id survives awaits and ends with its function', async () => {
  const seen = await withCorrelation('c-4', {}, async () => {
    await new Promise(setImmediate);
    return correlationId();
  });
  expect([seen, correlationId()]).toEqual(['c-4', undefined]);
});

test('business ids added later keep the correlation id', () => {
  withCorrelation('c-5', {}, () =>
    withBusinessIds({ 'order.id': 'o-5' }, () => {
      tracer.startSpan('later').end();
    }),
  );
  expect(finished('later').attributes).toEqual({ 'correlation.id': 'c-5', 'order.id': 'o-5' });
});

test('an id that is not well formed is not put in the baggage', () => {
  withCorrelation('bad id\n', { 'order.id': 'x'.repeat(129) }, () => {
    expect(propagation.getActiveBaggage()?.getAllEntries() ?? []).toEqual([]);
  });
});

test('the context travels in W3C headers', () => {
  const carrier: Record<string, string> = {};
  tracer.startActiveSpan('sent', (span) => {
    withCorrelation('c-6', {}, () => propagation.inject(context.active(), carrier));
    span.end();
  });
  expect(carrier['baggage']).toBe('correlation.id=c-6');
  expect(carrier['traceparent']).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
});

test.each([
  ['a', true],
  ['A-b_c.d:9', true],
  ['x'.repeat(128), true],
  ['x'.repeat(129), false],
  ['', false],
  ['a b', false],
  ['a\n', false],
  ['ä', false],
  [undefined, false],
])('%j is well formed: %s', (text, expected) => {
  expect(isWellFormedCorrelationId(text)).toBe(expected);
});
