import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { totalAmount, totalQuantity } from '../../src/domain/totals.ts';

const lines = fc.array(
  fc.record({
    sku: fc.constant('cd-00'),
    quantity: fc.integer({ min: 1, max: 10_000 }),
    cents: fc.integer({ min: 0, max: 999_999_999 }),
  }),
  { maxLength: 100 },
);

test('the total is exact to the cent, where binary fractions are not', () => {
  expect(0.1 + 0.2).not.toBe(0.3);
  expect(
    totalAmount([
      { sku: 'cd-00', quantity: 1, amount: new Decimal('0.10') },
      { sku: 'cd-01', quantity: 1, amount: new Decimal('0.20') },
    ]).toFixed(2),
  ).toBe('0.30');
});

test('totals are the sums of the lines, whatever their number', () => {
  fc.assert(
    fc.property(lines, (drawn) => {
      const given = drawn.map(({ sku, quantity, cents }) => ({ sku, quantity, amount: new Decimal(cents).div(100) }));
      expect(totalAmount(given).times(100).toNumber()).toBe(drawn.reduce((sum, line) => sum + line.cents, 0));
      expect(totalQuantity(given)).toBe(drawn.reduce((sum, line) => sum + line.quantity, 0));
    }),
  );
});
