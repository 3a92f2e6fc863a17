import { trace } from '@opentelemetry/api';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLogger, startTelemetry, stopTelemetry, withCorrelation } from '../../src/index.ts';

beforeAll(() => startTelemetry({ serviceName: 'test' }));
afterAll(() => stopTelemetry());

function capture(personalPaths: readonly string[] = []) {
  const lines: string[] = [];
  const log = createLogger({
    service: 'orders',
    level: 'debug',
    personalPaths,
    destination: { write: (line: string) => void lines.push(line) },
  });
  return { log, text: () => lines.join(''), last: (): unknown => JSON.parse(lines.at(-1) ?? '') };
}

test('a line is JSON with the trace, the correlation id and the service', () => {
  const { log, last } = capture();
  trace.getTracer('test').startActiveSpan('work', (span) => {
    withCorrelation('c-1', { 'order.id': 'o-1' }, () => log.info({ lines: 3 }, 'placed'));
    expect(last()).toMatchObject({
      level: 'info',
      service: 'orders',
      msg: 'placed',
      lines: 3,
      trace_id: span.spanContext().traceId,
      span_id: span.spanContext().spanId,
      'correlation.id': 'c-1',
      'order.id': 'o-1',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
    });
    span.end();
  });
});

test('secrets are masked by name, at the top, nested and in a child', () => {
  const { log, text } = capture();
  log.info({ authorization: 'Bearer s3cr3t', headers: { authorization: 'Bearer s3cr3t' } }, 'request');
  log
    .child({ config: { SERVICE_TOKEN: 's3cr3t' }, password: 's3cr3t' })
    .warn({ a: { b: { token: 's3cr3t' } } }, 'child');
  expect(text()).toContain('[secret]');
  expect(text()).not.toContain('s3cr3t');
});

test('a password in a URL is masked wherever it stands', () => {
  const { log, text } = capture();
  log.error(
    { url: 'postgres://app:s3cr3t@db:5432/orders', err: new Error('no route to postgres://app:s3cr3t@db/x') },
    'at postgresql://app:s3cr3t@db',
  );
  expect(text()).toContain('postgres://app:[secret]@db:5432/orders');
  expect(text()).not.toContain('s3cr3t');
});

test('the personal paths given are masked', () => {
  const { log, last } = capture(['order.email']);
  log.info({ order: { id: 'o-1', email: 'ann@example.org' } }, 'placed');
  expect(last()).toMatchObject({ order: { id: 'o-1', email: '[personal]' } });
});

test('an error of the database is logged without the values of its row', () => {
  const { log, text, last } = capture();
  const error = Object.assign(new Error('invalid input syntax for type integer: "ann@example.org"'), {
    severity: 'ERROR',
    code: '22P02',
    detail: 'Key (email)=(ann@example.org) already exists.',
    where: "unnamed portal parameter $1 = 'ann@example.org'",
    internalQuery: "select 'ann@example.org'",
    parameters: ['ann@example.org'],
    constraint: 'orders_email_key',
  });
  log.error({ err: new Error('place failed', { cause: error }) }, 'failed');
  expect(text()).not.toContain('ann@example.org');
  expect(last()).toMatchObject({
    err: { message: 'place failed', cause: { code: '22P02', constraint: 'orders_email_key' } },
  });
});

test('the cause of an error that causes itself does not loop', () => {
  const { log, last } = capture();
  const error = new Error('round');
  error.cause = error;
  log.error({ err: error }, 'failed');
  expect(last()).toMatchObject({ err: { message: 'round' } });
});
