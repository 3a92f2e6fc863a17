import { expect, test } from 'vitest';
import { Books } from '../../src/books.ts';

const order = { operation: 'capture', orderId: 'order-1', amount: '1.00', currency: 'USD' } as const;

test('keys beyond the limit are forgotten, the oldest first', () => {
  const books = new Books(2);
  for (const key of ['a', 'b', 'c'])
    books.record(key, { order: { ...order, orderId: key }, answer: { status: 'captured' } });
  expect(books.entry('a')).toBeUndefined();
  expect(books.entry('c')).toBeDefined();
  expect([...books.orders().keys()]).toEqual(['b', 'c']);
  expect(books.totals.captures).toBe(3);
});

test('an order holds money between its capture and its refund', () => {
  const books = new Books(10);
  books.record('a', { order, answer: { status: 'captured' } });
  expect(books.holds('order-1')).toBe(true);
  books.record('b', { order: { ...order, operation: 'refund' }, answer: { status: 'refunded' } });
  expect(books.holds('order-1')).toBe(false);
});

test('a declined capture holds none', () => {
  const books = new Books(10);
  books.record('a', { order, answer: { status: 'declined' } });
  expect(books.holds('order-1')).toBe(false);
  expect(books.orders().get('order-1')).toEqual({ captures: 0, refunds: 0, declines: 1 });
});
