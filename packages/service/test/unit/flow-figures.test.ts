import type { FlowSample } from '@waybill/postgres';
import { describe, expect, test } from 'vitest';
import { flowNow, flowSteps } from '../../src/flows/flow-figures.ts';
import { RelayPace } from '../../src/flows/relay-pace.ts';

const objective = { visibleWithinMs: 1_000, share: 0.9 };
const start = Date.parse('2026-11-27T12:00:00.000Z');

/** A sample that ends so many seconds after the start, of ten events that took 100 ms each. */
function sample(seconds: number, more: Partial<FlowSample> = {}): FlowSample {
  return {
    ...{ consumer: 'shop.mail', at: new Date(start + seconds * 1_000), windowMs: 10_000 },
    ...{ handled: 10, failed: 0, died: 0, judged: 10, beyond: 0, workMs: 10, wastedMs: 0 },
    ...{ buckets: new Map([[49, 10]]), maxMs: 100, came: 10n, lagEvents: 0n, lagTime: undefined },
    ...more,
  };
}
const seconds = (count: number) => Array.from({ length: count }, (_, index) => (index + 1) * 10);

describe('how a flow does now', () => {
  test('is not said without a sample', () => {
    expect(flowNow(objective, [], undefined)).toBeUndefined();
  });

  test('is of the last minute: rates and times, and not what was before', () => {
    const slow = { buckets: new Map([[90, 10]]), maxMs: 5_000, handled: 500 };
    const flow = flowNow(objective, [sample(10, slow), ...seconds(6).map((at) => sample(300 + at))], undefined);
    expect(flow).toMatchObject({ handledPerSecond: 1, camePerSecond: 1, visibility: { p50Ms: 100, maxMs: 100 } });
  });

  test('keeps the times of the last five minutes where nothing was handled since', () => {
    const nothing = { handled: 0, judged: 0, buckets: new Map(), maxMs: undefined };
    const flow = flowNow(objective, [sample(10), ...seconds(8).map((at) => sample(60 + at, nothing))], undefined);
    expect(flow).toMatchObject({ handledPerSecond: 0, visibility: { p95Ms: 100 } });
  });

  test('is missed by what came late in five minutes, and by what waits now; the budget is of a day', () => {
    const late = flowNow(objective, [sample(10, { beyond: 2 })], { judged: 1_000, beyond: 50 });
    expect(late?.objective).toMatchObject({ state: 'missed', burnt: expect.closeTo(0.5) });
    const waiting = flowNow(
      objective,
      [sample(10, { lagEvents: 1n, lagTime: { ms: 1_500, known: 'measured' } })],
      undefined,
    );
    expect(waiting).toMatchObject({ objective: { state: 'missed' }, lagMs: 1_500, lagEvents: 1 });
    expect(flowNow(objective, [sample(10, { beyond: 1 })], undefined)?.objective.state).toBe('kept');
  });

  test('says what is not known of the broker by leaving it out', () => {
    const unknown = { came: undefined, lagEvents: undefined };
    const flow = flowNow(objective, [sample(10), sample(20), sample(30), sample(40, unknown)], undefined);
    expect(flow).not.toHaveProperty('lagEvents');
    expect(flow).not.toHaveProperty('camePerSecond');
    expect(flow?.toZero).toEqual({ state: 'not-known' });
  });

  test('has a line of sixty minutes, the present one last, with gaps where nothing was handled', () => {
    const flow = flowNow(objective, [sample(-180), sample(30)], undefined);
    expect(flow?.minutes).toHaveLength(60);
    expect(flow?.minutes.slice(-4)).toEqual([100, null, null, 100]);
  });
});

test('steps add up what was counted, and take the most of what stood', () => {
  const samples = [
    sample(10, { lagEvents: 7n, lagTime: { ms: 700, known: 'measured' } }),
    sample(60, { failed: 2, lagEvents: 3n }),
    sample(70),
  ];
  expect(flowSteps(samples, 60_000)).toMatchObject([
    { at: '2026-11-27T12:01:00.000Z', seconds: 20, handled: 20, came: 20, failed: 2, lagEvents: 7, lagMs: 700 },
    { at: '2026-11-27T12:02:00.000Z', seconds: 10, handled: 10, lagEvents: 0, lagMs: 0 },
  ]);
});

describe('the pace of a relay', () => {
  test('is what it published over the last minute, and where its backlog goes', () => {
    const pace = new RelayPace();
    expect(pace.figures()).toEqual({ publishedPerSecond: undefined, toZero: { state: 'not-known' } });
    for (const at of seconds(9)) pace.note({ published: at * 5, lagEvents: 1_000 - at * 10 }, start + at * 1_000);
    expect(pace.figures()).toEqual({ publishedPerSecond: 5, toZero: { state: 'empties', ms: expect.closeTo(10_000) } });
  });

  test('begins anew with a relay that counts anew', () => {
    const pace = new RelayPace();
    pace.note({ published: 900, lagEvents: 5 }, start);
    pace.note({ published: 3, lagEvents: 5 }, start + 10_000);
    expect(pace.figures().publishedPerSecond).toBeUndefined();
  });
});
