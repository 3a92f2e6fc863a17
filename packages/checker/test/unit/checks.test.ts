import { describe, expect, it } from 'vitest';
import type { Effect, Evidence, ParkedEvent, ServiceTables, TopicRecord } from '../../src/evidence.ts';
import { checks, report } from '../../src/report.ts';
import { validRun } from '../builders/valid-run.ts';

const provoked = { faults: 'provoked' } as const;

function withTables(
  run: Evidence,
  service: string,
  change: (tables: ServiceTables) => Partial<ServiceTables>,
): Evidence {
  const tables = run.services.get(service);
  if (tables === undefined) throw new Error(`There is no service ${service}.`);
  return { ...run, services: new Map([...run.services, [service, { ...tables, ...change(tables) }]]) };
}

function withDomain(run: Evidence, change: Partial<Evidence['domain']>): Evidence {
  return { ...run, domain: { ...run.domain, ...change } };
}

function without<T>(items: readonly T[], matches: (item: T) => boolean): readonly T[] {
  const left = items.filter((item) => !matches(item));
  if (left.length === items.length) throw new Error('There is nothing of the kind to take away.');
  return left;
}

function recordOf(run: Evidence, type: string, aggregateId: string): TopicRecord {
  const found = run.records.find((record) => record.type === type && record.aggregateId === aggregateId);
  if (found === undefined) throw new Error(`There is no ${type} of ${aggregateId}.`);
  return found;
}

function effectOf(run: Evidence, service: string, consumer: string, type: string): Effect {
  const found = run.services
    .get(service)
    ?.effects.find((effect) => effect.consumer === consumer && effect.type === type);
  if (found === undefined) throw new Error(`${consumer} has no effect for ${type}.`);
  return found;
}

function setStatus(
  run: Evidence,
  table: 'orders' | 'payments' | 'reservations' | 'shipments',
  orderId: string,
  status: string,
): Evidence {
  const rows = run.domain[table].map((row) => (row.orderId === orderId ? { ...row, status } : row));
  return withDomain(run, { [table]: rows });
}

function setField(run: Evidence, consumer: string, aggregateId: string, field: string, value: string): Evidence {
  const rows = (run.domain.projections.get(consumer) ?? []).map((row) =>
    row.aggregateId === aggregateId ? { ...row, fields: { ...row.fields, [field]: value } } : row,
  );
  return withDomain(run, { projections: new Map([...run.domain.projections, [consumer, rows]]) });
}

const mailEffect = (run: Evidence) => effectOf(run, 'notifications', 'notifications.mail', 'orders.v1.OrderConfirmed');

function parked(effect: Effect): ParkedEvent {
  return { ...effect, reason: 'dead', parkedAt: effect.at };
}

/** One planted violation for each thing that can be found: [what was done, the code to be found, how it was done]. */
const violations: readonly (readonly [string, string, (run: Evidence) => Evidence])[] = [
  [
    'an accepted order has no row',
    'lost.order-without-row',
    (run) => ({ ...run, accepted: [...run.accepted, { orderId: 'gone', line: 9 }] }),
  ],
  [
    'a committed version is in no topic',
    'lost.version-without-record',
    (run) => ({ ...run, records: without(run.records, ({ type }) => type === 'orders.v1.OrderFulfilled') }),
  ],
  [
    'one rendition of a committed event is in no topic',
    'lost.event-without-record',
    (run) => ({ ...run, records: without(run.records, ({ type }) => type === 'orders.v1.OrderPlaced') }),
  ],
  [
    'a reaction has no effect for an event, though it came further',
    'lost.event-without-effect',
    (run) =>
      withTables(run, 'notifications', ({ effects }) => ({
        effects: without(effects, (effect) => effect === mailEffect(run)),
      })),
  ],
  [
    'a projection has no effect for the last event and nothing that covers it',
    'lost.event-without-effect',
    (run) => {
      const last = effectOf(run, 'notifications', 'notifications.contacts', 'orders.v1.OrderFulfilled');
      return withTables(run, 'notifications', ({ effects, entities }) => ({
        effects: without(effects, (effect) => effect === last),
        entities: entities.map((entity) =>
          entity.aggregateId === last.aggregateId ? { ...entity, applied: last.version - 1 } : entity,
        ),
      }));
    },
  ],
  [
    'an event of a rolled-back transaction is in a topic',
    'invented.record-without-change',
    (run) => ({
      ...run,
      records: [
        ...run.records,
        { ...recordOf(run, 'orders.v1.OrderFulfilled', 'good'), id: 'rolled-back', version: 4 },
      ],
    }),
  ],
  [
    'an event was published under another version than it was committed with',
    'invented.record-of-another-version',
    (run) => ({
      ...run,
      records: run.records.map((record) =>
        record.type === 'orders.v1.OrderFulfilled' ? { ...record, version: 7 } : record,
      ),
    }),
  ],
  [
    'a foreign record is in a topic',
    'invented.foreign-record',
    (run) => ({
      ...run,
      records: [
        ...run.records,
        { ...recordOf(run, 'orders.v1.OrderFulfilled', 'good'), id: '', problem: 'has no ce_id' },
      ],
    }),
  ],
  [
    'an effect has no event',
    'invented.effect-without-event',
    (run) =>
      withTables(run, 'notifications', ({ effects }) => ({
        effects: [...effects, { ...mailEffect(run), eventId: 'never-published' }],
      })),
  ],
  [
    'a consumer had two effects for one event',
    'repeated.effect',
    (run) => withTables(run, 'notifications', ({ effects }) => ({ effects: [...effects, mailEffect(run)] })),
  ],
  [
    'a listed mail arrived twice',
    'repeated.mail',
    (run) => ({ ...run, mail: { ...run.mail, messageIds: [...run.mail.messageIds, '<1@waybill>'] } }),
  ],
  [
    'the mail server counted a mail twice',
    'repeated.mail',
    (run) => ({ ...run, mail: { ...run.mail, duplicates: 1 } }),
  ],
  [
    'the provider captured an order twice',
    'repeated.payment',
    (run) => ({
      ...run,
      provider: run.provider.map((entry) => (entry.orderId === 'good' ? { ...entry, captures: 2 } : entry)),
    }),
  ],
  [
    'two events of an aggregate changed places in their topic',
    'disordered.topic',
    (run) => {
      const confirmed = recordOf(run, 'orders.v1.OrderConfirmed', 'good');
      return { ...run, records: [...without(run.records, (record) => record === confirmed), confirmed] };
    },
  ],
  [
    'events of an aggregate lie in two partitions',
    'disordered.partitions',
    (run) => ({
      ...run,
      records: run.records.map((record) =>
        record.type === 'orders.v1.OrderFulfilled' ? { ...record, partition: 3 } : record,
      ),
    }),
  ],
  [
    'a projection applied an older version after a newer one',
    'disordered.projection',
    (run) =>
      withTables(run, 'notifications', ({ effects }) => ({
        effects: effects.map((effect) =>
          effect === effectOf(run, 'notifications', 'notifications.contacts', 'orders.v1.OrderConfirmed')
            ? { ...effect, position: 999n }
            : effect,
        ),
      })),
  ],
  [
    'a field of a projection differs from the fold of the events',
    'diverged.fields',
    (run) => setField(run, 'orders.fulfilment', 'good', 'status', 'REJECTED'),
  ],
  [
    'a projection has no row for an entity with events',
    'diverged.no-row',
    (run) => withDomain(run, { projections: new Map([...run.domain.projections, ['notifications.contacts', []]]) }),
  ],
  [
    'a projection has a row for an entity without events',
    'diverged.row-from-nothing',
    (run) => {
      const rows = run.domain.projections.get('notifications.contacts') ?? [];
      const invented = { aggregateType: 'orders.order', aggregateId: 'nobody', fields: {} };
      return withDomain(run, {
        projections: new Map([...run.domain.projections, ['notifications.contacts', [...rows, invented]]]),
      });
    },
  ],
  ['an order has not ended', 'unended.order', (run) => setStatus(run, 'orders', 'good', 'CONFIRMED')],
  [
    'a cancelled order keeps its payment',
    'unended.payment-kept',
    (run) => setStatus(run, 'payments', 'bad', 'CAPTURED'),
  ],
  [
    'the provider still holds the money of a cancelled order',
    'unended.money-kept',
    (run) => ({ ...run, provider: run.provider.map((entry) => ({ ...entry, refunds: 0 })) }),
  ],
  [
    'a cancelled order keeps its stock',
    'unended.stock-kept',
    (run) => setStatus(run, 'reservations', 'bad', 'RESERVED'),
  ],
  [
    'a cancelled order was shipped',
    'unended.shipped',
    (run) => withDomain(run, { shipments: [...run.domain.shipments, { orderId: 'bad', status: 'BOOKED' }] }),
  ],
  ['a fulfilled order is unpaid', 'unended.unpaid', (run) => setStatus(run, 'payments', 'good', 'DECLINED')],
  [
    'the provider has no money of a fulfilled order',
    'unended.money-missing',
    (run) => ({ ...run, provider: without(run.provider, ({ orderId }) => orderId === 'good') }),
  ],
  ['a fulfilled order has no stock', 'unended.unreserved', (run) => setStatus(run, 'reservations', 'good', 'RELEASED')],
  ['a fulfilled order was not dispatched', 'unended.unsent', (run) => setStatus(run, 'shipments', 'good', 'BOOKED')],
  [
    'payments and the provider disagree',
    'unended.payment-disagrees',
    (run) => ({ ...run, provider: run.provider.map((entry) => ({ ...entry, captures: 0 })) }),
  ],
];

describe('the checker', () => {
  it('finds nothing in a run in which every promise was kept', () => {
    const { verdict, findings, doubts } = report(validRun(), provoked);
    expect({ verdict, findings, doubts }).toEqual({ verdict: 'valid', findings: [], doubts: [] });
  });

  it.each(violations)('finds it when %s', (_what, code, plant) => {
    const { verdict, findings } = report(plant(validRun()), provoked);
    expect(findings.map((finding) => finding.code)).toContain(code);
    expect(findings.every(({ ids, message }) => ids.length > 0 || message !== '')).toBe(true);
    expect(verdict).toBe('invalid');
  });

  it('has a check for each planted violation, and a planted violation for each check', () => {
    const silent = checks.filter((check) => violations.every(([, , plant]) => check(plant(validRun())).length === 0));
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  it('takes a parked event for no loss', () => {
    const run = validRun();
    const effect = mailEffect(run);
    const held = withTables(run, 'notifications', ({ effects }) => ({
      effects: without(effects, (line) => line === effect),
      parked: [parked(effect)],
    }));
    expect(report(held, provoked).findings).toEqual([]);
    expect(report(held, provoked).figures.parked).toBe(1);
  });

  it('takes a version that a projection has passed for covered by a snapshot', () => {
    const run = validRun();
    const covered = effectOf(run, 'orders', 'orders.fulfilment', 'shipping.v1.ShipmentBooked');
    const reconciled = withTables(run, 'orders', ({ effects }) => ({
      effects: without(effects, (line) => line === covered),
    }));
    expect(report(reconciled, provoked).findings).toEqual([]);
  });

  it('does not take a published record that is delivered again for a second event', () => {
    const run = validRun();
    const again = { ...run, records: [...run.records, recordOf(run, 'orders.v2.OrderPlaced', 'good')] };
    expect(report(again, provoked).findings).toEqual([]);
    expect(report(again, provoked).figures.published).toBe(report(run, provoked).figures.published);
  });

  it('leaves a row that is behind by parked events to them', () => {
    const run = setField(validRun(), 'notifications.contacts', 'good', 'status', 'CONFIRMED');
    const last = effectOf(run, 'notifications', 'notifications.contacts', 'orders.v1.OrderFulfilled');
    const held = withTables(run, 'notifications', ({ effects }) => ({
      effects: without(effects, (line) => line === last),
      parked: [parked(last)],
    }));
    expect(report(held, provoked).findings).toEqual([]);
  });
});
