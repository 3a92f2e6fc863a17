import { SpanStatusCode, trace } from '@opentelemetry/api';
import { InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTelemetry, stopTelemetry } from '../../src/index.ts';
import { withoutQueryValues, withoutQuotedValues } from '../../src/quoted-values.ts';

const spans = new InMemorySpanExporter();
beforeAll(() =>
  startTelemetry({ serviceName: 'test', spanProcessors: [new SimpleSpanProcessor({ exporter: spans })] }),
);
afterAll(() => stopTelemetry());

test.each([
  ['invalid input syntax for type uuid: "ann@example.org"', 'invalid input syntax for type uuid: [value]'],
  ['invalid input syntax for type json: "a "quoted" one"', 'invalid input syntax for type json: [value]'],
  ['value "9999999999" is out of range for type integer', 'value [value] is out of range for type integer'],
  [
    'null value in column "email" of relation "contact" violates not-null constraint',
    'null value in column "email" of relation "contact" violates not-null constraint',
  ],
])('a message is kept without the value that it quotes: %s', (message, expected) => {
  expect(withoutQuotedValues(message)).toBe(expected);
});

test('a span shows neither in its status nor in an exception what a database quoted', () => {
  const error = new Error('invalid input syntax for type uuid: "ann@example.org"');
  const span = trace.getTracer('test').startSpan('query');
  span.recordException(error);
  span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
  span.end();
  const [finished] = spans.getFinishedSpans();
  expect(finished?.status.message).toBe('invalid input syntax for type uuid: [value]');
  expect(JSON.stringify(finished?.events)).toContain('exception.stacktrace');
  expect(JSON.stringify(finished?.events)).not.toContain('ann@example.org');
});

test.each([
  ['code=s3cret&state=x', 'code=…&state=…'],
  ['http://127.0.0.1:4080/login/callback?code=s3cret#top', 'http://127.0.0.1:4080/login/callback?code=…#top'],
  ['/customers?email=ann@example.org&limit=3', '/customers?email=…&limit=…'],
  ['http://127.0.0.1:4001/orders/a=b', 'http://127.0.0.1:4001/orders/a=b'],
  ['', ''],
])('an address is kept without the values of its query: %s', (address, expected) => {
  expect(withoutQueryValues(address)).toBe(expected);
});

test('a span shows the names of a query, and not what was asked for', () => {
  spans.reset();
  const attributes = { 'url.query': 'id=ann@example.org', 'url.full': 'https://example.org/x?id=ann@example.org' };
  trace.getTracer('test').startSpan('GET', { attributes }).end();
  const [finished] = spans.getFinishedSpans();
  expect(finished?.attributes).toMatchObject({ 'url.query': 'id=…', 'url.full': 'https://example.org/x?id=…' });
});
