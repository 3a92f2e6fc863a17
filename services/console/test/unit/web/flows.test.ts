import { describe, expect, it } from 'vitest';
import { flowKey, flowRows } from '#web/flows/flow-rows.ts';
import { overviewSentence } from '#web/flows/overview-sentence.ts';
import { publishRate, timeToZero, withSample, type RelaySample } from '#web/flows/relay-samples.ts';
import { before, consumer, now, overview } from './samples.ts';

const pause = {
  id: '01980f3e-7c2a-4b54-9d61-3f0a52c8e417',
  scope: 'consumer' as const,
  name: 'mail',
  reason: 'the provider moves',
  actor: 'grace@example.com',
  pausedAt: before(60),
  until: before(-600),
};
const stuck = consumer({ dead: 37, blockedEntities: 37, oldestDeadAt: before(740) });
const of = (...consumers: readonly ReturnType<typeof consumer>[]) => ({
  services: [{ service: 'payments', overview: overview('payments', consumers) }],
});

describe('the sentence of the overview', () => {
  it('says outcomes: what stands still, where, and for how long', () => {
    const sentence = overviewSentence(of(stuck, consumer({ name: 'other' })), now);
    expect(sentence.headline).toBe('1 flow needs you');
    expect(sentence.details).toEqual([
      {
        text: '37 orders stand still in payments, the oldest for 12 min.',
        flow: { service: 'payments', consumer: 'payments.capture' },
      },
    ]);
  });

  it('says that all is well', () => {
    expect(overviewSentence(of(consumer(), consumer({ name: 'b' })), now)).toEqual({
      tone: 'done',
      headline: 'All 2 flows move',
      details: [],
    });
  });

  it('does not say that all is well when a service is silent', () => {
    const sentence = overviewSentence(
      { services: [...of(consumer()).services, { service: 'shipping', problem: { title: 'Service Unavailable' } }] },
      now,
    );
    expect(sentence.headline).toBe('1 service does not answer');
    expect(sentence.details[0]?.text).toBe('Shipping does not answer and is not counted here.');
  });

  it('tells a pause from trouble', () => {
    const sentence = overviewSentence(of(consumer({ state: 'paused', pause }), consumer({ name: 'b' })), now);
    expect(sentence).toMatchObject({ tone: 'waiting', headline: '1 flow is paused, the others move' });
  });

  it('counts entities of many topics as entities', () => {
    const sentence = overviewSentence(of(consumer({ topics: ['a.b', 'c.d'], dead: 1, blockedEntities: 1 })), now);
    expect(sentence.details[0]?.text).toBe('1 entity stands still in payments.');
  });
});

describe('rows of flows', () => {
  it('come worst first: silent, hurt, paused, retrying, then the rest by name', () => {
    const rows = flowRows({
      services: [
        ...of(
          consumer({ name: 'z' }),
          consumer({ name: 'a' }),
          stuck,
          consumer({ name: 'paused', pause }),
          consumer({ name: 'busy', retrying: 2 }),
        ).services,
        { service: 'shipping', problem: {} },
      ],
    });
    expect(rows.map(flowKey)).toEqual([
      'silent/shipping/',
      'consumer/payments/payments.capture',
      'consumer/payments/paused',
      'consumer/payments/busy',
      'consumer/payments/a',
      'consumer/payments/z',
    ]);
  });

  it('put a critical flow before one that is not', () => {
    const rows = flowRows(
      of(consumer({ name: 'a', dead: 9 }), consumer({ name: 'b', dead: 1, criticality: 'critical' })),
    );
    expect(rows.map(flowKey)).toEqual(['consumer/payments/b', 'consumer/payments/a']);
  });
});

describe('samples of a relay', () => {
  const sample = (at: number, published: number, lagEvents: number): RelaySample => ({ at, published, lagEvents });

  it('tell how fast it publishes and when nothing waits any more', () => {
    const samples = [sample(0, 0, 1_000), sample(10_000, 500, 800)];
    expect(publishRate(samples)).toBe(50);
    expect(timeToZero(samples)).toBe(40_000);
  });

  it('give no estimate while the backlog grows or too little is known', () => {
    expect(timeToZero([sample(0, 0, 10), sample(1_000, 5, 20)])).toBeUndefined();
    expect(timeToZero([sample(0, 0, 10)])).toBeUndefined();
    expect(timeToZero([sample(0, 0, 0)])).toBe(0);
  });

  it('begin anew with a new process, and forget what is older than a minute', () => {
    expect(withSample([sample(0, 500, 1)], sample(1_000, 3, 1))).toEqual([sample(1_000, 3, 1)]);
    expect(withSample([sample(0, 1, 1), sample(50_000, 2, 1)], sample(70_000, 3, 1))).toHaveLength(2);
  });
});
