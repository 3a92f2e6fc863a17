import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/evidence.ts';
import { percentile } from '../../src/figures.ts';
import { report } from '../../src/report.ts';
import { sinceStart } from '../../src/scope.ts';
import { validRun } from '../builders/valid-run.ts';

const quiet = { deliveries: 40, duplicateDeliveries: 0, outOfOrderDeliveries: 0 };

function unreconciled(run: Evidence): Evidence {
  const spared = [...run.services].map(([service, tables]) => {
    const entities = tables.entities.map((entity) => ({ ...entity, reconciled: 0 }));
    return [service, { ...tables, entities }] as const;
  });
  return { ...run, services: new Map(spared) };
}

describe('a report', () => {
  it('counts orders by how they ended, and each event once whatever its renditions', () => {
    const { figures } = report(validRun(), { faults: 'provoked' });
    expect(figures).toMatchObject({ orders: 2, fulfilled: 1, cancelled: 1, pending: 0, parked: 0, published: 12 });
    expect(figures).toMatchObject({ lost: 0, invented: 0, duplicateEffects: 0, deliveries: 40 });
    expect(figures.timeToVisibilityMs).toEqual({ p50: 1000, p99: 1000 });
  });

  it.each(['duplicateDeliveries', 'outOfOrderDeliveries'] as const)(
    'is unknown when faults were provoked and %s stayed at zero',
    (figure) => {
      const run = validRun();
      const spared = { ...run, figures: { ...run.figures, [figure]: 0 } };
      expect(report(spared, { faults: 'provoked' }).verdict).toBe('unknown');
    },
  );

  it('is unknown when faults were provoked and no entity was reconciled', () => {
    expect(report(unreconciled(validRun()), { faults: 'provoked' }).verdict).toBe('unknown');
  });

  it('is valid without faults when none were provoked', () => {
    expect(report(unreconciled({ ...validRun(), figures: quiet }), { faults: 'none' }).verdict).toBe('valid');
  });

  it('is unknown when something could not be read', () => {
    const { verdict, doubts } = report({ ...validRun(), unread: ['payments: connection refused'] }, { faults: 'none' });
    expect({ verdict, doubts }).toEqual({ verdict: 'unknown', doubts: ['payments: connection refused'] });
  });

  it('is unknown when nothing was accepted', () => {
    const empty = sinceStart({ ...validRun(), accepted: [] }, new Date('2027-01-01T00:00:00Z'));
    expect(report(empty, { faults: 'none' }).verdict).toBe('unknown');
  });

  it('is invalid, not unknown, when there is a violation and a doubt', () => {
    const run = { ...validRun(), unread: ['mail: no answer'], accepted: [{ orderId: 'gone', line: 4 }] };
    expect(report(run, { faults: 'provoked' }).verdict).toBe('invalid');
  });
});

describe('the scope of a run', () => {
  it('leaves orders that were placed before its start out, with all that is theirs', () => {
    const scoped = sinceStart({ ...validRun(), accepted: [] }, new Date('2026-03-02T00:00:00Z'));
    expect(scoped.records).toEqual([]);
    expect(scoped.domain.orders).toEqual([]);
    expect([...scoped.services.values()].flatMap(({ heads, outbox, effects }) => [heads, outbox, effects])).toEqual(
      Array.from({ length: 15 }, () => []),
    );
  });

  it('keeps what was placed since its start whole', () => {
    expect(sinceStart(validRun(), new Date('2026-03-01T10:00:00Z'))).toEqual(validRun());
  });

  it('keeps an effect without an order that happened since its start', () => {
    const run = validRun();
    const stray = { ...run, domain: { ...run.domain, orders: [] } };
    expect(sinceStart(stray, new Date('2026-03-01T10:00:00Z')).services.get('orders')?.effects).not.toEqual([]);
  });
});

describe('a percentile', () => {
  it('is the nearest rank', () => {
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect([percentile(hundred, 0.5), percentile(hundred, 0.99), percentile([7], 0.99), percentile([], 0.5)]).toEqual([
      50, 99, 7, 0,
    ]);
  });
});
