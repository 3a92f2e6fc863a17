import { describe, expect, test } from 'vitest';
import { furtherQuestions, type JourneyStep, mergedJourney, type TraceAnswer } from '../../src/domain/journey.ts';

const problem = { type: 'about:blank', title: 'Bad Gateway', status: 502 };

function step(eventId: string, at: string, more: Partial<JourneyStep> = {}): JourneyStep {
  return {
    kind: 'handled',
    eventId,
    type: 'orders.v1.OrderPlaced',
    aggregateId: 'order-1',
    at: `2026-11-27T00:00:${at}Z`,
    ...more,
  };
}

function answer(service: string, given: Partial<TraceAnswer>) {
  return { service, answer: { correlationIds: [], steps: [], cut: false, ...given } };
}

function asked(id: string, entities: readonly string[] = []) {
  return { ids: [id], entities };
}

describe('what is asked once the first answers are there', () => {
  test('are the correlation ids that they name beside the id, each once', () => {
    const first = [
      answer('orders', { correlationIds: ['order-1', 'c-1', 'c-2'] }),
      answer('payments', { correlationIds: ['c-2', 'c-3'] }),
      { service: 'shipping', problem },
    ];
    expect(furtherQuestions(asked('order-1'), first)).toEqual({
      ids: ['c-1', 'c-2', 'c-3'],
      entities: [],
      more: false,
    });
  });

  test('names the entities that they tell of, also with the id itself', () => {
    const steps = [step('e-1', '01'), step('e-2', '02', { aggregateId: 'payment-7' }), step('e-3', '03')];
    expect(furtherQuestions(asked('c-1'), [answer('orders', { correlationIds: ['c-1'], steps })])).toEqual({
      ids: ['c-1'],
      entities: ['order-1', 'payment-7'],
      more: false,
    });
  });

  test('names with an id that was asked for only what was not named before, beside it', () => {
    const steps = [step('e-1', '01'), step('e-2', '02', { aggregateId: 'payment-7' })];
    const first = [answer('orders', { correlationIds: ['c-1'], steps })];
    expect(furtherQuestions(asked('c-1', ['order-1', 'payment-7']), first)).toMatchObject({ ids: [] });
    expect(furtherQuestions(asked('c-1', ['order-1']), first)).toMatchObject({
      ids: ['c-1'],
      entities: ['payment-7', 'order-1'],
    });
  });

  test('is five ids and fifty entities at most, and it is known that there is more', () => {
    const correlationIds = Array.from({ length: 9 }, (_, index) => `c-${index}`);
    const many = furtherQuestions(asked('x'), [answer('orders', { correlationIds })]);
    expect([many.ids.length, many.more]).toEqual([5, true]);
    const steps = Array.from({ length: 60 }, (_, index) => step('e', '01', { aggregateId: `order-${index}` }));
    const wide = furtherQuestions(asked('x'), [answer('orders', { steps })]);
    expect([wide.entities.length, wide.more]).toEqual([50, true]);
  });

  test('names no entity that would be read as two', () => {
    const steps = [step('e-1', '01', { aggregateId: 'a,b' })];
    expect(furtherQuestions(asked('x'), [answer('orders', { steps })])).toMatchObject({ entities: [], more: true });
  });
});

describe('the journey of all answers', () => {
  test('has each step once, and those of a service in the order of time', () => {
    const placed = step('e-1', '01');
    const journey = mergedJourney(
      [
        [answer('orders', { steps: [step('e-2', '02'), placed] })],
        [answer('orders', { steps: [{ ...placed }, step('e-0', '00')] })],
      ],
      'all',
    );
    expect(journey.services.map(({ steps }) => steps.map(({ eventId }) => eventId))).toEqual([['e-0', 'e-1', 'e-2']]);
  });

  test('keeps steps apart that differ in consumer, kind, time or parked entry', () => {
    const one = step('e-1', '01', { consumer: 'a' });
    const steps = [
      one,
      { ...one, consumer: 'b' },
      { ...one, kind: 'skipped' },
      { ...one, at: '2026-11-27T00:00:09Z' },
      { ...one, kind: 'parked', parkedId: '7' },
    ];
    expect(mergedJourney([[answer('orders', { steps })]], 'all').services[0]?.steps).toHaveLength(5);
  });

  test('names services that were silent, and marks as cut what may be missing', () => {
    const journey = mergedJourney(
      [
        [answer('orders', { steps: [step('e-1', '01')] }), answer('payments', {}), { service: 'shipping', problem }],
        [answer('orders', {}), { service: 'payments', problem }, { service: 'shipping', problem }],
      ],
      'all',
    );
    expect(journey.unreachable).toEqual(['shipping', 'payments']);
    expect(journey.services.map(({ service, cut }) => [service, cut])).toEqual([
      ['orders', false],
      ['payments', true],
    ]);
  });

  test('is cut where a service said so, and everywhere when correlation ids were not asked for', () => {
    const rounds = [[answer('orders', { cut: true }), answer('payments', {})]];
    expect(mergedJourney(rounds, 'all').services.map(({ cut }) => cut)).toEqual([true, false]);
    expect(mergedJourney(rounds, 'some').services.map(({ cut }) => cut)).toEqual([true, true]);
  });
});
