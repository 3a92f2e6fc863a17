import { describe, expect, test } from 'vitest';
import { jaegerSearch } from '../../../src/trace/jaeger-link.ts';
import {
  causes,
  type HandledStep,
  type JourneyEvent,
  type JourneyStep,
  timeSpent,
} from '../../../src/trace/journey.ts';
import { journeyLines } from '../../../src/trace/print-journey.ts';
import { slowestPath } from '../../../src/trace/slowest-path.ts';

const at = (ms: number) => new Date(1_000_000 + ms);

function event(id: string, ms: number, causationId?: string): JourneyEvent {
  return {
    id,
    type: `shop.v1.${id}`,
    aggregateType: 'shop.order',
    aggregateId: 'order-1',
    version: 1,
    correlationId: 'c-1',
    causationId,
    traceId: 'abc',
    time: at(ms),
    service: 'shop',
  };
}

function handled(
  receivedMs: number,
  handledMs: number,
  workMs: number,
  arrival: HandledStep['arrival'] = 'delivered',
): HandledStep {
  return { kind: 'handled', arrival, receivedAt: at(receivedMs), handledAt: at(handledMs), workMs, attempts: 1 };
}

function step(eventId: string, consumer: string, outcome: JourneyStep['outcome']): JourneyStep {
  return { eventId, consumer, service: consumer.split('.')[0] ?? '', outcome };
}

describe('a journey', () => {
  test('puts each event under the one that caused it, oldest first', () => {
    const events = [
      event('Mailed', 30, 'Paid'),
      event('Reserved', 20, 'Placed'),
      event('Paid', 10, 'Placed'),
      event('Placed', 0),
    ];
    const [root, ...others] = causes({ events, steps: [] });
    expect(others).toEqual([]);
    expect(root?.event.id).toBe('Placed');
    expect(root?.caused.map((node) => node.event.id)).toEqual(['Paid', 'Reserved']);
    expect(root?.caused[0]?.caused.map((node) => node.event.id)).toEqual(['Mailed']);
  });

  test('begins anew with an event whose cause is not part of it, and ends although two cause each other', () => {
    const roots = causes({ events: [event('Paid', 0, 'elsewhere'), event('A', 1, 'A')], steps: [] });
    expect(roots.map((node) => node.event.id)).toEqual(['Paid']);
  });

  test('tells waiting, parked and working time apart', () => {
    const placed = event('Placed', 0);
    expect(timeSpent(placed, handled(40, 52, 10))).toEqual({ waitMs: 40, parkedMs: 0, workMs: 10 });
    expect(timeSpent(placed, handled(40, 540, 10, 'parked'))).toEqual({ waitMs: 40, parkedMs: 490, workMs: 10 });
  });

  test('knows the way to its last effect, by the steps that published each event', () => {
    const journey = {
      events: [event('Placed', 0), event('Paid', 50, 'Placed'), event('Shipped', 500, 'Paid')],
      steps: [
        step('Placed', 'stock.reservations', handled(10, 20, 5)),
        step('Placed', 'shop.payments', handled(40, 60, 20)),
        step('Placed', 'shop.view', handled(70, 71, 1)),
        step('Paid', 'shop.shipments', handled(90, 100, 10)),
        step('Shipped', 'mail.orders', handled(600, 900, 10, 'parked')),
      ],
      held: [],
    };
    expect(slowestPath(journey).map(({ consumer, kind, ms }) => [consumer, kind, ms])).toEqual([
      ['shop.payments', 'waited', 40],
      ['shop.payments', 'worked', 20],
      ['shop.shipments', 'waited', 40],
      ['shop.shipments', 'worked', 10],
      ['shop.shipments', 'after', 400],
      ['mail.orders', 'waited', 100],
      ['mail.orders', 'parked', 290],
      ['mail.orders', 'worked', 10],
    ]);
  });

  test('prints its state, each step with where its time went, and the addresses in Jaeger', () => {
    const steps = [
      step('Placed', 'mail.orders', handled(40, 540, 10, 'parked')),
      step('Placed', 'mail.orders', { kind: 'skipped', reason: 'duplicate', at: at(600) }),
      step('Placed', 'mail.orders', { kind: 'skipped', reason: 'duplicate', at: at(700) }),
    ];
    const options = { jaegerUrl: 'http://jaeger', colours: false, now: at(3_600_001) };
    expect(journeyLines({ events: [event('Placed', 0)], steps, held: [] }, options)).toEqual([
      'correlation id c-1',
      '1 event, 1 step in 2 services: 1970-01-01 00:16:40.000 to 1970-01-01 00:16:40.540, 540 ms',
      'everything that arrived was handled; 2 deliveries came again, without a second effect',
      '',
      '   +<1 ms  shop.v1.Placed version 1  Placed',
      '             ✓ mail.orders              waited 40 ms, parked 490 ms, worked 10 ms',
      '             – mail.orders              skipped: delivered again, 2 times',
      '',
      'where the time went on the way to the last effect (540 ms)',
      '    40 ms   7%  shop.v1.Placed waited for mail.orders',
      '   490 ms  91%  shop.v1.Placed was parked at mail.orders',
      "               waited: outbox, broker and consumer; parked: the consumer's queue and its calls outside",
      '',
      'jaeger http://jaeger/search?service=shop&lookback=2h&limit=20&tags=%7B%22correlation.id%22%3A%22c-1%22%7D',
      'trace  http://jaeger/trace/abc',
    ]);
  });

  test('says first what is not done, and of each step why, for how long and when it goes on', () => {
    const parked = {
      kind: 'parked',
      since: at(0),
      attempts: 0,
      dueAt: undefined,
      waitsFor: undefined,
      error: undefined,
    } as const;
    const steps = [
      step('Placed', 'mail.orders', { ...parked, reason: 'dead', attempts: 1, error: 'smtp.refused: no such mailbox' }),
      step('Placed', 'shop.view', { ...parked, reason: 'gap', dueAt: at(12_000) }),
    ];
    const held = {
      service: 'shop',
      aggregateType: 'shop.order',
      aggregateId: 'order-1',
      fromVersion: 2,
      error: 'TOO_LARGE: more than the broker takes',
      since: at(0),
    };
    const options = { jaegerUrl: undefined, colours: false, now: at(10_000) };
    const lines = journeyLines({ events: [event('Placed', 0)], steps, held: [held] }, options);
    expect(lines.slice(2)).toEqual([
      'not done: 1 dead, 1 waiting, 1 held back by its producer',
      '! shop holds back order-1 from version 2 on, since 1970-01-01 00:16:40.000: TOO_LARGE: more than the broker takes',
      '',
      '   +<1 ms  shop.v1.Placed version 1  Placed',
      '             ! mail.orders              dead: a person must look at it, parked for 10.0 s, 1 attempt: smtp.refused: no such mailbox',
      '             ! shop.view                waits for its predecessor, next look in 2.0 s, parked for 10.0 s',
      'trace abc',
    ]);
  });

  test('asks Jaeger for no less than an hour, and for as long as it is ago', () => {
    const asked = (ms: number) =>
      jaegerSearch('http://jaeger', { service: 'shop', correlationId: 'c-1', since: at(0), now: at(ms) });
    expect(new URL(asked(1)).searchParams.get('lookback')).toBe('1h');
    expect(new URL(asked(30 * 3_600_000)).searchParams.get('lookback')).toBe('30h');
  });
});
