import { Decimal } from 'decimal.js';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, placed, type Decision, type OrderFact, type OrderProgress } from '../../src/domain/order.ts';

const cost = new Decimal('29.33');

function run(facts: readonly OrderFact[], start: OrderProgress = placed(cost)) {
  const seen: Decision['kind'][] = [];
  let progress = start;
  for (const fact of facts) {
    const decision = decide(progress, fact);
    seen.push(decision.kind);
    if ('progress' in decision) progress = decision.progress;
  }
  return { seen, progress };
}

describe('an order', () => {
  test('is confirmed once it is paid and reserved, in either order', () => {
    expect(run(['paid', 'reserved']).seen).toEqual(['noted', 'confirmed']);
    expect(run(['reserved', 'paid']).seen).toEqual(['noted', 'confirmed']);
  });

  test('that costs nothing is confirmed by its reservation alone', () => {
    expect(run(['reserved'], placed(new Decimal('0.00'))).progress.status).toBe('CONFIRMED');
  });

  test('is cancelled by a declined payment, and says so', () => {
    expect(decide(placed(cost), 'declined')).toMatchObject({ kind: 'cancelled', reason: 'PAYMENT_DECLINED' });
  });

  test('is cancelled by rejected stock, and says so', () => {
    expect(decide(placed(cost), 'rejected')).toMatchObject({ kind: 'cancelled', reason: 'STOCK_REJECTED' });
  });

  test('keeps the first reason for which it was cancelled', () => {
    const { progress, seen } = run(['cancel-requested', 'declined', 'rejected']);
    expect(seen).toEqual(['cancelled', 'ignored', 'ignored']);
    expect(progress.cancelReason).toBe('CUSTOMER_REQUEST');
  });

  test('refuses to be cancelled after it was confirmed', () => {
    expect(run(['paid', 'reserved', 'cancel-requested']).seen.at(-1)).toBe('refused');
    expect(run(['paid', 'reserved', 'dispatched', 'cancel-requested']).seen.at(-1)).toBe('refused');
  });

  test('is fulfilled by its dispatch, once', () => {
    expect(run(['paid', 'reserved', 'dispatched', 'dispatched']).seen.slice(2)).toEqual(['fulfilled', 'ignored']);
  });

  test('refuses a dispatch that nobody confirmed', () => {
    expect(run(['paid', 'dispatched']).seen.at(-1)).toBe('refused');
    expect(run(['declined', 'dispatched']).seen.at(-1)).toBe('refused');
  });
});

describe('any interleaving', () => {
  /** One answer of payments and one of inventory, a cancel perhaps, and any of them again. */
  const facts = fc
    .record({
      payment: fc.constantFrom<OrderFact>('paid', 'declined'),
      stock: fc.constantFrom<OrderFact>('reserved', 'rejected'),
      cancels: fc.integer({ min: 0, max: 2 }),
      repeats: fc.integer({ min: 1, max: 3 }),
    })
    .chain(({ payment, stock, cancels, repeats }) => {
      const all: OrderFact[] = [];
      for (let i = 0; i < repeats; i += 1) all.push(payment, stock);
      for (let i = 0; i < cancels; i += 1) all.push('cancel-requested');
      return fc.shuffledSubarray(all, { minLength: all.length, maxLength: all.length });
    });

  test('ends in exactly one of confirmed and cancelled', () => {
    fc.assert(
      fc.property(facts, (order) => {
        const { seen, progress } = run(order);
        const ends = seen.filter((kind) => kind === 'confirmed' || kind === 'cancelled');
        expect(ends).toHaveLength(1);
        expect(progress.status).toBe(ends[0] === 'confirmed' ? 'CONFIRMED' : 'CANCELLED');
      }),
      { numRuns: 1_000 },
    );
  });

  test('confirms only what was both paid and reserved', () => {
    fc.assert(
      fc.property(facts, (order) => {
        const { progress } = run(order);
        if (progress.status !== 'CONFIRMED') return;
        expect(order).toContain('paid');
        expect(order).toContain('reserved');
        expect(progress.cancelReason).toBeUndefined();
      }),
      { numRuns: 1_000 },
    );
  });

  test('never moves an order that was cancelled', () => {
    const anyFact = fc.constantFrom<OrderFact>(
      'paid',
      'declined',
      'reserved',
      'rejected',
      'dispatched',
      'cancel-requested',
    );
    fc.assert(
      fc.property(fc.array(anyFact), (later) => {
        const { progress } = run(['declined', ...later]);
        expect(progress).toEqual(run(['declined']).progress);
      }),
    );
  });
});
