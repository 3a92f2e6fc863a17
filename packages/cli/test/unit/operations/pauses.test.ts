import { describe, expect, test } from 'vitest';
import { pauseMeant } from '../../../src/operations/pauses.ts';
import { before, plain } from './builders.ts';

function pause(id: string, scope: 'consumer' | 'dependency', name: string) {
  return {
    id,
    scope,
    name,
    mode: 'stop' as const,
    reason: 'the provider is down',
    actor: 'ada',
    pausedAt: before(60),
    until: before(-600),
  };
}

const pauses = [
  pause('p1', 'consumer', 'payments.capture'),
  pause('p2', 'consumer', 'mail'),
  pause('p3', 'dependency', 'mail'),
];
const meant = (idOrName: string) => pauseMeant('payments', pauses, idOrName, plain);

describe('the pause that is meant', () => {
  test('has the id or the name that was given', () => {
    expect(meant('p1').id).toBe('p1');
    expect(meant('payments.capture').id).toBe('p1');
    expect(meant('p3').id).toBe('p3');
  });

  test('is one alone, else those that there are are listed', () => {
    expect(() => meant('mail')).toThrow(
      /Several have this name; give the id\.\n(.*\n){2}dependency mail, paused by ada 1 min ago, goes on in 10 min/,
    );
    expect(() => meant('orders')).toThrow(/payments has no pause "orders"\.\nconsumer payments\.capture/);
    expect(() => pauseMeant('payments', [], 'orders', plain)).toThrow(/Nothing is paused in payments/);
  });
});
