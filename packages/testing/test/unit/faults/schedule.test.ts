import { describe, expect, it } from 'vitest';
import { fateOf, type Delivery } from '../../../src/faults/schedule.ts';

const odds = { seed: 7, delayOneOf: 40, delayMs: [300, 1500], withholdOneOf: 60, withholdMs: 6000 } as const;

function delivery(offset: number, kind: Delivery['kind'] = 'projection'): Delivery {
  return { consumer: 'orders.fulfilment', kind, topic: 'orders.order', partition: 0, offset: BigInt(offset) };
}

function fates(kind: Delivery['kind'], settings: Parameters<typeof fateOf>[1] = odds) {
  return Array.from({ length: 12_000 }, (_, offset) => fateOf(delivery(offset, kind), settings));
}

const heldFor = (all: ReturnType<typeof fates>) => all.flatMap((fate) => (fate.kind === 'hold' ? [fate.forMs] : []));

describe('the schedule of faults', () => {
  it('gives the same record the same fate each time', () => {
    expect(fates('projection')).toEqual(fates('projection'));
  });

  it('gives other records their fate with another seed', () => {
    expect(fates('projection')).not.toEqual(fates('projection', { ...odds, seed: 8 }));
  });

  it('delays about one of 40 records, within its bounds', () => {
    const delays = heldFor(fates('reaction'));
    expect(delays.length).toBeGreaterThan(240);
    expect(delays.length).toBeLessThan(360);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(300);
    expect(Math.max(...delays)).toBeLessThanOrEqual(1500);
  });

  it('withholds about one of 60 records of a projection', () => {
    const withheld = heldFor(fates('projection')).filter((ms) => ms === 6000);
    expect(withheld.length).toBeGreaterThan(150);
    expect(withheld.length).toBeLessThan(250);
  });

  it('withholds nothing of a reaction, for which nothing could stand in', () => {
    expect(heldFor(fates('reaction'))).not.toContain(6000);
  });

  it('holds nothing when the odds are zero', () => {
    expect(heldFor(fates('projection', { ...odds, delayOneOf: 0, withholdOneOf: 0 }))).toEqual([]);
  });
});
