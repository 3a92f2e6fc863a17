import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { byArticle, reserve, type StockLine } from '../../src/domain/stock.ts';

const line = fc.record({ sku: fc.constantFrom('cd-00', 'cd-01', 'cd-02'), quantity: fc.integer({ min: 1, max: 20 }) });
const stock = fc
  .record({ 'cd-00': fc.nat(60), 'cd-01': fc.nat(60), 'cd-02': fc.nat(60) })
  .map((row) => new Map(Object.entries(row)));

function apply(available: Map<string, number>, lines: readonly StockLine[], sign: 1 | -1): void {
  for (const { sku, quantity } of lines) available.set(sku, (available.get(sku) ?? 0) + sign * quantity);
}

describe('reserving', () => {
  test('takes everything when there is enough', () => {
    expect(reserve([{ sku: 'cd-01', quantity: 3 }], new Map([['cd-01', 3]]))).toEqual({
      kind: 'reserved',
      taken: [{ sku: 'cd-01', quantity: 3 }],
    });
  });

  test('names the article that is short, what was asked and what there is', () => {
    const decision = reserve([{ sku: 'cd-01', quantity: 4 }], new Map([['cd-01', 3]]));
    expect(decision).toEqual({ kind: 'rejected', sku: 'cd-01', requested: 4, available: 3 });
  });

  test('adds up two lines of one article before it looks', () => {
    const twice = [
      { sku: 'cd-01', quantity: 2 },
      { sku: 'cd-01', quantity: 2 },
    ];
    expect(reserve(twice, new Map([['cd-01', 3]]))).toMatchObject({ kind: 'rejected', requested: 4 });
  });

  test('rejects an article that is not kept', () => {
    expect(reserve([{ sku: 'lp-99', quantity: 1 }], new Map())).toMatchObject({ kind: 'rejected', available: 0 });
  });
});

test('lines come out in article order, so that stock is always locked in one order', () => {
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const skus = byArticle(lines).map(({ sku }) => sku);
      expect(skus).toEqual([...new Set(lines.map(({ sku }) => sku))].sort());
    }),
  );
});

test('stock never falls below zero, and what is released is what was taken', () => {
  fc.assert(
    fc.property(stock, fc.array(fc.array(line, { minLength: 1, maxLength: 4 })), (available, orders) => {
      const before = new Map(available);
      const taken: (readonly StockLine[])[] = [];
      for (const order of orders) {
        const decision = reserve(order, available);
        if (decision.kind === 'rejected') continue;
        apply(available, decision.taken, -1);
        taken.push(decision.taken);
        expect(Math.min(...available.values())).toBeGreaterThanOrEqual(0);
      }
      for (const lines of taken) apply(available, lines, 1);
      expect(available).toEqual(before);
    }),
  );
});
