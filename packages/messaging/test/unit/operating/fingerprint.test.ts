import { expect, test } from 'vitest';
import { fingerprintOf } from '../../../src/operating/fingerprint.ts';

const failure = {
  type: 'TerminalError',
  code: 'payments.rejected',
  message: 'Order 0198c0de-0000-7000-8000-000000000001 of 12.50 EUR was refused: "card 4711"',
  stack: 'at capture (services/payments/src/application/capture.ts:40:11)\nat run (packages/x.ts:1:1)',
};

test('the same fault has one fingerprint, whatever ids, amounts and quoted values its message names', () => {
  const other = 'Order 0198c0de-ffff-7000-8000-00000000abcd of 3.20 EUR was refused: "card 9"';
  expect(fingerprintOf({ ...failure, message: other })).toBe(fingerprintOf(failure));
  expect(fingerprintOf(failure)).toMatch(/^[0-9a-f]{16}$/);
});

test('a line that moved does not split a group', () => {
  const stack = failure.stack.replace(':40:11', ':52:9');
  expect(fingerprintOf({ ...failure, stack })).toBe(fingerprintOf(failure));
});

test('another code, another kind of error, another message or another place is another fault', () => {
  const others = [
    { ...failure, code: 'payments.unknown' },
    { ...failure, type: 'TypeError' },
    { ...failure, message: 'Order 1 was lost' },
    { ...failure, stack: failure.stack.replace('capture.ts', 'refund.ts') },
  ];
  const fingerprints = new Set([failure, ...others].map(fingerprintOf));
  expect(fingerprints.size).toBe(5);
});
