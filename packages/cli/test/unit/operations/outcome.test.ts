import { describe, expect, test } from 'vitest';
import { SilentServiceError } from '../../../src/operations/errors.ts';
import { exitCodes, worstOf } from '../../../src/operations/exit-codes.ts';
import { commanded, endingOf, extentOf, listed, outcomeJson, shown } from '../../../src/operations/outcome.ts';

const approval = '3f2504e0-4f89-41d3-9a0c-0305e82c3301';
const away = [{ service: 'payments', error: new SilentServiceError('payments', 'away') }];

describe('the exit status', () => {
  test('is one of four', () => {
    expect(exitCodes).toEqual({ done: 0, failed: 1, 'wrong-use': 2, 'waits-for-approval': 3 });
  });

  test('of several things is that of the worst', () => {
    expect(worstOf([])).toBe('done');
    expect(worstOf(['done', 'waits-for-approval'])).toBe('waits-for-approval');
    expect(worstOf(['waits-for-approval', 'failed', 'done'])).toBe('failed');
  });

  test('is not that of success when a service is missing in what was shown', () => {
    expect(endingOf(shown([], {}))).toBe('done');
    expect(endingOf(shown([], {}, away))).toBe('failed');
    expect(endingOf({ ...shown([], {}, away), ending: 'waits-for-approval' })).toBe('waits-for-approval');
  });
});

describe('an outcome', () => {
  test('of what was done names the audit entry', () => {
    const outcome = commanded('orders', { result: 'done', audit: 7 }, 'entry 42 is tried again');
    expect(outcome.ending).toBe('done');
    expect(outcome.lines).toEqual(['Done: entry 42 is tried again (entry 7 of the audit trail of orders).']);
  });

  test('of a job that began says how to watch it', () => {
    expect(commanded('orders', { result: 'done', job: approval }, 'the job').lines).toEqual([
      'Done: the job.',
      `  ./waybill jobs watch ${approval} --service orders`,
    ]);
  });

  test('of what waits says what somebody else has to do', () => {
    const outcome = commanded('orders', { result: 'waits-for-approval', approval }, 'entry 42 is changed');
    expect(outcome.ending).toBe('waits-for-approval');
    expect(outcome.lines.at(-1)).toBe(`  ./waybill approvals approve ${approval} --service orders`);
    expect(JSON.parse(JSON.stringify(outcomeJson(outcome)))).toEqual({
      result: 'waits-for-approval',
      service: 'orders',
      approval,
    });
  });

  test('has nothing to say when nobody answered, and does not take what answered for everything', () => {
    expect(listed({ answers: [], unanswered: away }, ['Nothing is parked.'], {}).lines).toEqual([]);
    expect(extentOf({ answers: [], unanswered: away }, 'whole')).toBe('of those that answered');
    expect(extentOf({ answers: [], unanswered: [] }, 'whole')).toBe('everything');
    expect(extentOf({ answers: [], unanswered: [] }, 'narrowed')).toBe('a selection');
  });

  test('names for programs who did not answer', () => {
    expect(outcomeJson(shown([], { entries: [] }, away))).toEqual({
      entries: [],
      unanswered: [{ code: 'cli.service-silent', service: 'payments', detail: 'away' }],
    });
  });
});
