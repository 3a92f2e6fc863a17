import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { deliveryVerdict } from '../../src/domain/delivery-failure.ts';

const stage = fc.constantFrom('connecting' as const, 'connected' as const, 'sending' as const);

test('no server means that the dependency is down', () => {
  expect(deliveryVerdict({ reply: undefined, stage: 'connecting' })).toBe('down');
});

test('a connection lost before the text began sent nothing', () => {
  expect(deliveryVerdict({ reply: undefined, stage: 'connected' })).toBe('later');
});

test('a connection lost while the text was under way leaves it unknown', () => {
  expect(deliveryVerdict({ reply: undefined, stage: 'sending' })).toBe('unknown');
});

test("a server's reply is final at any stage: 4xx another time, 5xx never", () => {
  fc.assert(
    fc.property(stage, fc.integer({ min: 400, max: 499 }), fc.integer({ min: 500, max: 599 }), (at, soft, hard) => {
      expect(deliveryVerdict({ reply: soft, stage: at })).toBe('later');
      expect(deliveryVerdict({ reply: hard, stage: at })).toBe('never');
    }),
  );
});
