import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../src/random.ts';
import { allContracts, branchContracts } from '../../src/workload/contracts.ts';
import { planOperation } from '../../src/workload/operations.ts';

describe('an operation of the workload', () => {
  it('has one to five events, by account, so that two of them lock what they share in one order', () => {
    fc.assert(
      fc.property(fc.string(), (seed) => {
        const { steps } = planOperation(seededRandom(seed));
        const accounts = steps.map(({ account }) => account);
        expect(accounts.length).toBeGreaterThanOrEqual(1);
        expect(accounts.length).toBeLessThanOrEqual(5);
        expect(accounts).toEqual(accounts.toSorted());
      }),
    );
  });

  it('is of every form now and then, and leaves hot accounts alone when it is long', () => {
    const random = seededRandom('forms');
    const plans = Array.from({ length: 2_000 }, () => planOperation(random));
    expect(new Set(plans.map(({ form }) => form)).size).toBe(5);
    const hot = ['account-1', 'account-2', 'account-3'];
    const long = plans.filter(({ form }) => form === 'long').flatMap(({ steps }) => steps);
    expect(long.filter(({ account }) => hot.includes(account))).toEqual([]);
    const all = plans.flatMap(({ steps }) => steps);
    expect(all.filter(({ account }) => hot.includes(account)).length / all.length).toBeGreaterThan(0.25);
  });
});

describe('the contracts of the workload', () => {
  it('read what was written with the newer schema by the older one', () => {
    const [older, newer] = [branchContracts('east'), branchContracts('east', 'newer')];
    const body = newer.amountAdded.codec.encode({ operation: 'o', amount: 3, channel: 'till' });
    expect(older.amountAdded.codec.decode(body, newer.amountAdded.schema)).toEqual({ operation: 'o', amount: 3 });
  });

  it('refuse the amount that a refused operation has', () => {
    const { amountAdded } = branchContracts('west');
    expect(() => amountAdded.codec.encode({ operation: 'o', amount: 0.5 })).toThrow('amount');
  });

  it('have two schemas for one contract of each branch', () => {
    const schemas = Map.groupBy(allContracts(), ({ name }) => name);
    const ages = (name: string) => new Set(schemas.get(name)?.map(({ schema }) => schema)).size;
    expect([ages('east.v1.AmountAdded'), ages('west.v1.AmountAdded'), ages('east.v1.LimitChanged')]).toEqual([2, 2, 1]);
  });
});
