import { describe, expect, test } from 'vitest';
import { DeclinedError, RefusedError, SilentServiceError, UsageError } from '../../../src/operations/errors.ts';
import { errorJson, errorLines } from '../../../src/operations/printing/problem-lines.ts';
import { problemOf } from '../../../src/operations/problem.ts';
import { plain } from './builders.ts';

const { colours } = plain;

describe('a problem', () => {
  test('is read from the body of a response, as far as it is one', () => {
    const body = {
      title: 'Refused',
      detail: 'No.',
      correlationId: 'c-1',
      errors: [{ path: 'a', message: 'b' }, 'x', {}],
    };
    expect(problemOf(422, JSON.stringify(body))).toEqual({
      title: 'Refused',
      status: 422,
      type: undefined,
      detail: 'No.',
      correlationId: 'c-1',
      errors: [{ path: 'a', message: 'b' }],
    });
    expect(problemOf(502, '<html>')).toMatchObject({ title: 'Bad Gateway', status: 502, detail: undefined });
    expect(problemOf(599, 'null').title).toBe('Status 599');
  });

  test('is told with its title, detail, fields and correlation id', () => {
    const error = new RefusedError('orders', {
      title: 'Unprocessable',
      status: 422,
      detail: 'The data does not fit its schema.',
      correlationId: 'c-1',
      errors: [{ path: 'lines[0].quantity', message: 'must be at least 1' }],
    });
    expect(errorLines(error, colours)).toEqual([
      'orders: Unprocessable (422)',
      '  The data does not fit its schema.',
      '  lines[0].quantity: must be at least 1',
      '  correlation id c-1',
    ]);
    expect(errorJson(error)).toMatchObject({ code: 'cli.service-refused', service: 'orders', status: 422 });
  });

  test('cannot act upon the terminal', () => {
    const error = new RefusedError('orders', { title: 'No\u001B[2J', status: 400 });
    expect(errorLines(error, colours)).toEqual(['orders: No\\u001b[2J (400)']);
  });

  test('of any kind has a line and a code', () => {
    expect(errorLines(new DeclinedError(), colours)).toEqual(['Nothing was done.']);
    expect(errorLines('what', colours)).toEqual(['what']);
    expect(errorLines(new UsageError('Say which:\none'), colours)).toEqual(['Say which:', 'one']);
    expect(errorJson(new UsageError('Say which.'))).toEqual({ code: 'cli.usage', detail: 'Say which.' });
    expect(errorJson(new SilentServiceError('orders', 'away'))).toEqual({
      code: 'cli.service-silent',
      service: 'orders',
      detail: 'away',
    });
    expect(errorJson('what')).toEqual({ detail: 'what' });
  });
});
