import { expect, test } from 'vitest';
import { maskPersonal } from '../../src/index.ts';

const order = {
  id: 'o-1',
  email: 'ann@example.org',
  customer: { email: 'ann@example.org', tier: 2 },
  lines: [{ sku: 'a', note: 'ring' }],
  reference: null,
};

test('fields are masked at the top, nested, and in every item of an array', () => {
  const personal = ['email', 'customer.email', 'lines[].note'];
  expect(maskPersonal({ personal }, order)).toEqual({
    id: 'o-1',
    email: '[personal]',
    customer: { email: '[personal]', tier: 2 },
    lines: [{ sku: 'a', note: '[personal]' }],
    reference: null,
  });
});

test('the original is left as it was', () => {
  const before = structuredClone(order);
  maskPersonal({ personal: ['email', 'lines[].note'] }, order);
  expect(order).toEqual(before);
});

test('a whole object or array may be personal', () => {
  expect(maskPersonal({ personal: ['customer', 'lines'] }, order)).toMatchObject({
    customer: '[personal]',
    lines: '[personal]',
  });
});

test('null and missing fields stay, so that a log shows that nothing was there', () => {
  expect(maskPersonal({ personal: ['reference', 'nothing.there', 'email.deeper'] }, order)).toEqual(order);
});
