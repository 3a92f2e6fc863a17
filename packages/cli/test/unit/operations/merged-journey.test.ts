import type { TraceStep } from '@waybill/service/operations';
import { describe, expect, test } from 'vitest';
import { furtherQuestions, mergedJourney, parkedOf } from '../../../src/operations/merged-journey.ts';
import { journeyLines } from '../../../src/trace/print-journey.ts';
import { before, now, traceStep } from './builders.ts';

const trace = (service: string, ...steps: readonly TraceStep[]) => ({
  service,
  trace: { correlationIds: ['c-1'], steps: [...steps], cut: false },
});

const placed = { eventId: 'placed', type: 'orders.v1.OrderPlaced' };
const paid = { eventId: 'paid', type: 'payments.v1.PaymentCaptured', causationId: 'placed' };
const traces = [
  trace('orders', traceStep({ kind: 'published', ...placed, at: before(60) })),
  trace(
    'payments',
    traceStep({
      kind: 'handled',
      ...placed,
      consumer: 'payments.capture',
      at: before(59),
      endedAt: before(58),
      workMs: 20,
      attempts: 2,
      arrival: 'parked',
    }),
    traceStep({ kind: 'skipped', ...placed, consumer: 'payments.view', at: before(57), why: 'covered' }),
    traceStep({ kind: 'published', ...paid, at: before(58) }),
  ),
  trace(
    'notifications',
    traceStep({
      kind: 'parked',
      ...paid,
      consumer: 'notifications.mail',
      at: before(50),
      attempts: 5,
      why: 'dead: mail.refused: refused',
      parkedId: '42',
    }),
  ),
];

describe('a journey that several services tell', () => {
  test('has each event once, by its producer, and each step with its why', () => {
    const { events, steps } = mergedJourney([...traces, ...traces]);
    expect(events.map(({ id, service, causationId }) => [id, service, causationId])).toEqual([
      ['placed', 'orders', undefined],
      ['paid', 'payments', 'placed'],
    ]);
    expect(steps.map(({ consumer, service, outcome }) => [consumer, service, outcome.kind])).toEqual([
      ['payments.capture', 'payments', 'handled'],
      ['payments.view', 'payments', 'skipped'],
      ['notifications.mail', 'notifications', 'parked'],
    ]);
    expect(steps[2]?.outcome).toMatchObject({ reason: 'dead', error: 'mail.refused: refused', attempts: 5 });
  });

  test('keeps an event whose producer did not answer, and why it waits in the service’s own words', () => {
    const { events, steps } = mergedJourney([
      trace('notifications', traceStep({ kind: 'parked', ...paid, at: before(50), why: 'nobody knows' })),
    ]);
    expect(events).toMatchObject([{ id: 'paid', service: undefined, time: new Date(before(50)) }]);
    expect(steps).toMatchObject([{ consumer: 'notifications', outcome: { reason: 'nobody knows', error: undefined } }]);
  });

  test('says in words what an operator gave up', () => {
    const { steps } = mergedJourney([trace('orders', traceStep({ kind: 'skipped', why: 'operator' }))]);
    expect(steps[0]?.outcome).toMatchObject({ reason: 'an operator gave it up' });
  });

  test('is printed in time order, each event under its cause', () => {
    const text = journeyLines(mergedJourney(traces), { jaegerUrl: undefined, colours: false, now }).join('\n');
    expect(text).toContain('not done: 1 dead');
    expect(text).toMatch(
      /OrderPlaced[^]*payments\.capture[^]*a snapshot covers its version[^]*PaymentCaptured[^]*mail\.refused/,
    );
  });

  test('names what is parked, once', () => {
    expect(parkedOf([...traces, ...traces])).toEqual([{ service: 'notifications', id: '42' }]);
  });

  test('leads to asking for its correlations, with the entities that were seen under each', () => {
    const other = traceStep({ kind: 'handled', correlationId: 'c-2', aggregateId: 'payment-7' });
    const odd = traceStep({ kind: 'handled', aggregateId: 'a,b' });
    expect(furtherQuestions([...traces, trace('orders', other, odd)])).toEqual([{ id: 'c-1', entities: ['order-1'] }]);
    const asked = { service: 'orders', trace: { correlationIds: ['c-2', 'c-3'], steps: [other], cut: false } };
    expect(furtherQuestions([asked])).toEqual([
      { id: 'c-2', entities: ['payment-7'] },
      { id: 'c-3', entities: [] },
    ]);
  });
});
