import { describe, expect, it } from 'vitest';
import { flowKey, flowRows } from '#web/flows/flow-rows.ts';
import { overviewSentence } from '#web/flows/overview-sentence.ts';
import { flowLines } from '#web/flows/flow-lines.ts';
import { contractWords, readersOf } from '#web/flows/flow-neighbours.ts';
import { budgetWords, lagWords, promiseWords, rateWords, zeroWords } from '#web/flows/flow-words.ts';
import { before, consumer, flowNow, now, overview } from './samples.ts';

const pause = {
  id: '01980f3e-7c2a-4b54-9d61-3f0a52c8e417',
  scope: 'consumer' as const,
  name: 'mail',
  mode: 'stop' as const,
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

  it('says that all objectives are kept once the flows were sampled', () => {
    const kept = consumer({ flow: flowNow() });
    expect(overviewSentence(of(kept, { ...kept, name: 'b' }), now).headline).toBe(
      'All 2 flows within their objectives',
    );
    expect(overviewSentence(of(kept), now).headline).toBe('The flow is within its objective');
  });

  it('says which flows are late, by how much, and what was promised', () => {
    const late = consumer({ flow: flowNow({ state: 'missed' }, { lagMs: 12_400, lagKnown: 'measured' }) });
    const slow = consumer({ name: 'slow', flow: flowNow({ state: 'missed' }) });
    const sentence = overviewSentence(of(late, slow, consumer({ name: 'b', pause })), now);
    expect(sentence.headline).toBe('2 flows are behind their objectives');
    expect(sentence.details.map(({ text }) => text)).toEqual([
      'payments.capture: 12 s behind, 99 % within 2 s is promised.',
      'slow: one in twenty was visible after 400 ms, 99 % within 2 s is promised.',
    ]);
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

  it('put a late flow behind those that need a person and before those that are paused', () => {
    const late = consumer({ name: 'late', flow: flowNow({ state: 'missed' }) });
    const rows = flowRows(of(consumer({ name: 'paused', pause }), consumer({ name: 'fine' }), late, stuck));
    expect(rows.map(flowKey).map((key) => key.split('/')[2])).toEqual(['payments.capture', 'late', 'paused', 'fine']);
  });

  it('put a critical flow before one that is not', () => {
    const rows = flowRows(
      of(consumer({ name: 'a', dead: 9 }), consumer({ name: 'b', dead: 1, criticality: 'critical' })),
    );
    expect(rows.map(flowKey)).toEqual(['consumer/payments/b', 'consumer/payments/a']);
  });
});

describe('what is said of a flow', () => {
  it('names where its backlog goes, and does not pretend to know', () => {
    expect(zeroWords({ state: 'empties', ms: 245_000 })).toBe('empties in 4 min 5 s');
    expect(zeroWords({ state: 'not-known' })).toBe('not known yet');
    expect(lagWords({ lagMs: 90_000, lagKnown: 'at-least' })).toBe('at least 1 min 30 s behind');
    expect(lagWords({})).toBeUndefined();
  });

  it('says what was promised, and how much of the budget is gone', () => {
    expect(promiseWords({ visibleWithinMs: 2_000, share: 0.999, state: 'kept', burnt: 0 })).toBe('99.9 % within 2 s');
    expect(budgetWords(0.124)).toBe('12 % of its budget burnt');
    expect(budgetWords(31.4)).toBe('31 times its budget burnt');
  });

  it('gives rates with as many digits as say something', () => {
    expect([0, 0.01, 0.44, 9.96, 1_234.5].map(rateWords)).toEqual(['0', '< 0.1', '0.4', '10', '1,235']);
  });

  it('names contracts by their event and version, and who else reads a topic', () => {
    expect(contractWords('orders.v2.OrderPlaced')).toBe('OrderPlaced v2');
    const body = of(consumer(), consumer({ name: 'other', topics: ['a.b'] }));
    expect(readersOf(body, 'orders.order')).toEqual([
      { service: 'payments', consumer: 'payments.capture', contracts: ['orders.v2.OrderPlaced'] },
    ]);
  });
});

describe('the lines of a flow’s charts', () => {
  const step = (at: string, handled: number) => ({
    ...{ at, seconds: 900, handled, came: handled, failed: 0, died: 0, judged: handled, beyond: 0 },
  });

  it('have a gap where nothing was sampled, and not a line across it', () => {
    const steps = [step('2026-11-27T10:00:00.000Z', 900), step('2026-11-27T10:30:00.000Z', 1_800)];
    const { times, throughput } = flowLines({ steps, stepMinutes: 15 }, 2_000);
    expect(times).toHaveLength(3);
    expect(throughput.find(({ label }) => label === 'handled')?.values).toEqual([1, null, 2]);
  });

  it('leave out what is not known of a step', () => {
    const { came: _, ...unknown } = step('2026-11-27T10:00:00.000Z', 900);
    const { throughput } = flowLines({ steps: [unknown], stepMinutes: 15 }, 2_000);
    expect(throughput.find(({ label }) => label === 'came')?.values).toEqual([null]);
  });
});
