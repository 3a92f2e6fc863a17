import { describe, expect, test } from 'vitest';
import { causes, type JourneyEvent, type JourneyStep, timeSpent } from '../../../src/trace/journey.ts';
import { journeyLines } from '../../../src/trace/print-journey.ts';

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
  };
}

function handled(
  eventId: string,
  receivedMs: number,
  handledMs: number,
  workMs: number,
  arrival: 'delivered' | 'parked' = 'delivered',
): JourneyStep {
  const outcome = {
    kind: 'handled',
    arrival,
    receivedAt: at(receivedMs),
    handledAt: at(handledMs),
    workMs,
    attempts: 1,
  } as const;
  return { eventId, consumer: 'mail.orders', service: 'mail', outcome };
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
    expect(timeSpent(placed, handled('Placed', 40, 52, 10))).toEqual({ waitMs: 40, parkedMs: 0, workMs: 10 });
    expect(timeSpent(placed, handled('Placed', 40, 540, 10, 'parked'))).toEqual({
      waitMs: 40,
      parkedMs: 490,
      workMs: 10,
    });
  });

  test('prints each step with where its time went, and the address of its trace', () => {
    const steps: JourneyStep[] = [
      handled('Placed', 40, 540, 10, 'parked'),
      {
        eventId: 'Placed',
        consumer: 'mail.orders',
        service: 'mail',
        outcome: { kind: 'skipped', reason: 'duplicate', at: at(600) },
      },
    ];
    const lines = journeyLines({ events: [event('Placed', 0)], steps }, { jaegerUrl: 'http://jaeger', colours: false });
    expect(lines.map((line) => line.trimEnd())).toEqual([
      'correlation id c-1',
      '   +<1 ms  shop.v1.Placed  order-1 v1  Placed',
      '             ✓ mail.orders                waited 40 ms, parked 490 ms, worked 10 ms',
      '             – mail.orders                skipped: delivered again',
      'trace http://jaeger/trace/abc',
    ]);
  });
});
