import { expect, test } from 'vitest';
import { z } from 'zod';
import { fieldProblems, problem, problemBody } from '../../src/http/problem.ts';
import { problemOfError } from '../../src/http/problem-of-error.ts';

test('a problem has the members of RFC 9457', () => {
  const error = problem(409, { code: 'orders.confirmed', detail: 'It is confirmed.' });
  expect(problemBody(error, '/orders/1/cancel', 'c-1')).toEqual({
    type: 'urn:waybill:problem:orders.confirmed',
    title: 'Conflict',
    status: 409,
    detail: 'It is confirmed.',
    instance: '/orders/1/cancel',
    correlationId: 'c-1',
  });
});

test('without a code the type is about:blank', () => {
  expect(problemBody(problem(404), '/x', undefined)).toEqual({
    type: 'about:blank',
    title: 'Not Found',
    status: 404,
    instance: '/x',
  });
});

test('field problems have paths through arrays, and one entry for each unknown field', () => {
  const schema = z.strictObject({ lines: z.array(z.strictObject({ quantity: z.int().min(1) })) });
  const parsed = schema.safeParse({ lines: [{ quantity: 0 }, { quantity: 2, color: 'red', size: 1 }], extra: 1 });
  const paths = parsed.success ? [] : fieldProblems(parsed.error).map(({ path }) => path);
  expect(paths.toSorted()).toEqual(['extra', 'lines[0].quantity', 'lines[1].color', 'lines[1].size']);
});

test.each([
  [Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' }), 503],
  [Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' }), 503],
  [new Error('timeout exceeded when trying to connect'), 503],
  [new Error('Connection terminated unexpectedly'), 503],
  [new Error('saving failed', { cause: Object.assign(new Error('reset'), { code: 'ECONNRESET' }) }), 503],
  [new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })], 'all failed'), 503],
  [Object.assign(new Error('duplicate key'), { code: '23505', detail: 'Key (email)=(ann@example.org)' }), 500],
  [new Error('something else'), 500],
  ['thrown text', 500],
  [undefined, 500],
])('%s is answered with %i, and nothing of it is shown', (error, status) => {
  const answered = problemOfError(error);
  expect(answered.status).toBe(status);
  const body = JSON.stringify(problemBody(answered, '/x', undefined));
  expect(body).not.toContain(error instanceof Error ? error.message : 'thrown text');
  expect(body).not.toContain('ann@example.org');
});

test('a dependency that is down says when to come back', () => {
  const answered = problemOfError(Object.assign(new Error('x'), { code: 'ECONNREFUSED' }));
  expect(answered.options.headers).toEqual({ 'Retry-After': '2' });
});
