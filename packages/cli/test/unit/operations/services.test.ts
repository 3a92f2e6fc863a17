import type { StatusEntry } from '@waybill/infra';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../src/operations/errors.ts';
import { chosenServices, parseServices, servicesOfFleet } from '../../../src/operations/services.ts';

function program(component: string, state: StatusEntry['state'], address: string): StatusEntry {
  return { component, state, pid: 1, address, since: '2026-07-31T22:00:00Z' };
}

describe('the addresses of services', () => {
  test('are read from a list, without the slash at their end', () => {
    const text = 'orders=http://127.0.0.1:4001/, payments=https://payments.internal/base/';
    expect([...parseServices(text)]).toEqual([
      ['orders', 'http://127.0.0.1:4001'],
      ['payments', 'https://payments.internal/base'],
    ]);
  });

  test.each(['orders', 'orders=', '=http://a', 'orders=ftp://a', 'orders=http://me:secret@a', ',', ''])(
    'are refused when they are %j',
    (text) => {
      expect(() => parseServices(text)).toThrow(UsageError);
    },
  );

  test('are those of the fleet that runs, of each service an instance that is alive', () => {
    const fleet = [
      program('payment-provider', 'running', 'http://p'),
      program('orders', 'stopped', 'http://o1'),
      program('orders-2', 'running', 'http://o2'),
      program('payments', 'stopped', 'http://pay'),
    ];
    expect([...servicesOfFleet(fleet, ['orders', 'payments', 'shipping'])]).toEqual([
      ['orders', 'http://o2'],
      ['payments', 'http://pay'],
    ]);
  });

  test('are narrowed to the one that is named, and say which there are', () => {
    const all = parseServices('orders=http://a,payments=http://b');
    expect([...chosenServices(all, 'payments').keys()]).toEqual(['payments']);
    expect(chosenServices(all, undefined)).toBe(all);
    expect(() => chosenServices(all, 'shipping')).toThrow(/no service "shipping". There are orders, payments/);
    expect(() => chosenServices(new Map(), undefined)).toThrow(/waybill up/);
  });
});
