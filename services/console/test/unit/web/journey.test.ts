import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { causesOf, journeySteps, unknownLane, type JourneyStep } from '#web/journey/causes.ts';
import { criticalPath } from '#web/journey/critical-path.ts';
import { hitsOf, hitsOfMatches, journeyTitle } from '#web/journey/journey-title.ts';
import { layoutOf } from '#web/journey/layout.ts';
import { parkedWhy } from '#web/journey/parked-why.ts';
import { timeScale } from '#web/journey/time-scale.ts';
import { spentIn, waterfallOf, type WaterfallRow } from '#web/journey/waterfall.ts';

const start = Date.parse('2026-11-27T12:00:00.000Z');
const at = (ms: number) => new Date(start + ms).toISOString();

function step(
  kind: JourneyStep['kind'],
  service: string,
  eventId: string,
  ms: number,
  more: Partial<JourneyStep> = {},
): JourneyStep {
  return {
    kind,
    service,
    eventId,
    type: 'orders.v2.OrderPlaced',
    aggregateType: 'orders.order',
    aggregateId: '1042',
    version: 1,
    correlationId: 'c1',
    at: at(ms),
    ...more,
  };
}

const captured = { type: 'payments.v2.PaymentCaptured', aggregateType: 'payments.payment', causationId: 'placed' };
const steps: readonly JourneyStep[] = [
  step('published', 'orders', 'placed', 0),
  step('handled', 'payments', 'placed', 100, {
    consumer: 'payments.capture',
    endedAt: at(1_000),
    workMs: 400,
    attempts: 2,
  }),
  step('published', 'payments', 'captured', 990, captured),
  step('handled', 'orders', 'captured', 1_200, {
    ...captured,
    consumer: 'orders.fulfilment',
    endedAt: at(1_500),
    workMs: 100,
  }),
  step('skipped', 'orders', 'captured', 1_700, { ...captured, consumer: 'orders.fulfilment', why: 'duplicate' }),
];

describe('the graph of causes', () => {
  it('links an event to what caused it and keeps one lane a publisher', () => {
    const { nodes, lanes } = causesOf(steps);
    expect(nodes.map(({ eventId, cause, publisher }) => ({ eventId, cause, publisher }))).toEqual([
      { eventId: 'placed', cause: undefined, publisher: 'orders' },
      { eventId: 'captured', cause: 'placed', publisher: 'payments' },
    ]);
    expect(lanes).toEqual(['orders', 'payments']);
  });

  it('keeps an event that nobody says to have published, and takes renditions of one fact for one', () => {
    const { nodes, lanes } = causesOf([
      step('published', 'orders', 'placed', 0),
      step('published', 'orders', 'placed', 0, { type: 'orders.v1.OrderPlaced' }),
      step('handled', 'payments', 'lost', 50),
    ]);
    expect(nodes).toHaveLength(2);
    expect(lanes).toEqual(['orders', unknownLane]);
  });

  it('is laid out with causes left of their effects and nothing over another', () => {
    const layout = layoutOf(causesOf(steps));
    const [first, second] = layout.nodes;
    expect(first?.x).toBeLessThan(second?.x ?? 0);
    expect(first?.y).not.toBe(second?.y);
    expect(layout.edges).toHaveLength(1);
  });

  it('takes the answers of all services together', () => {
    const body = {
      services: [{ service: 'orders', steps: [step('published', 'x', 'placed', 0)], cut: false }],
      unreachable: [],
    };
    expect(journeySteps(body)[0]?.service).toBe('orders');
  });
});

describe('the waterfall', () => {
  it('tells waiting, parked and working apart', () => {
    const { rows, skipped } = waterfallOf(causesOf(steps).nodes, start + 5_000);
    expect(rows[0]?.segments).toEqual([
      { phase: 'waiting', from: start, to: start + 100 },
      { phase: 'parked', from: start + 100, to: start + 600 },
      { phase: 'working', from: start + 600, to: start + 1_000 },
    ]);
    expect(rows[1]?.segments.map(({ phase }) => phase)).toEqual(['waiting', 'working']);
    expect(skipped.map(({ step: one }) => one.why)).toEqual(['duplicate']);
  });

  const rowOf = (...deliveries: readonly JourneyStep[]) =>
    waterfallOf(causesOf([step('published', 'orders', 'placed', 0), ...deliveries]).nodes, start + 60_000).rows[0];
  const lengths = (row: WaterfallRow | undefined) =>
    row?.segments.map(({ phase, from, to }) => `${phase} ${from - start}-${to - start}`);

  it('counts a redriven event as parked, though its first attempt since was its last', () => {
    const row = rowOf(
      step('handled', 'payments', 'placed', 100, {
        ...{ consumer: 'c', endedAt: at(5_000), workMs: 50, attempts: 1, arrival: 'parked', parkedAt: at(100) },
        // Before the redrive; each took its time.
        tries: [
          { at: at(100), workMs: 40 },
          { at: at(2_000), workMs: 500 },
        ],
      }),
    );
    expect(lengths(row)).toEqual([
      'waiting 0-60',
      'working 60-100',
      'parked 100-1500',
      'working 1500-2000',
      'parked 2000-4950',
      'working 4950-5000',
    ]);
    expect(spentIn(row?.segments ?? [])).toEqual([
      ['waiting', 60],
      ['parked', 1_400 + 2_950],
      ['working', 40 + 500 + 50],
    ]);
    // Of a service that does not tell when it was parked, it is known by the way it came.
    const untold = step('handled', 'payments', 'placed', 100, {
      ...{ consumer: 'c', endedAt: at(5_000), workMs: 50, attempts: 1, arrival: 'parked' },
    });
    expect(lengths(rowOf(untold))).toEqual(['waiting 0-100', 'parked 100-4950', 'working 4950-5000']);
  });

  it('counts what was delivered and handled at once as never parked', () => {
    const once = { consumer: 'c', endedAt: at(400), workMs: 50, attempts: 1 };
    for (const arrival of ['delivered', 'fetched']) {
      expect(lengths(rowOf(step('handled', 'payments', 'placed', 100, { ...once, arrival })))).toEqual([
        'waiting 0-350',
        'working 350-400',
      ]);
    }
  });

  it('has what a person gave up parked until then', () => {
    const given = step('skipped', 'payments', 'placed', 9_000, {
      ...{ consumer: 'c', why: 'operator', parkedAt: at(100), tries: [{ at: at(100) }] },
    });
    const row = rowOf(given);
    expect(row).toMatchObject({ open: false, end: start + 9_000 });
    expect(lengths(row)).toEqual(['waiting 0-100', 'parked 100-9000']);
    expect(rowOf(step('skipped', 'payments', 'placed', 50, { consumer: 'c', why: 'duplicate' }))).toBeUndefined();
  });

  it('shows the attempts of what is still parked', () => {
    const row = rowOf(
      step('parked', 'payments', 'placed', 100, {
        ...{ consumer: 'c', why: 'retry', parkedAt: at(100), tries: [{ at: at(1_000), workMs: 200 }] },
      }),
    );
    expect(lengths(row)).toEqual(['waiting 0-100', 'parked 100-800', 'working 800-1000', 'parked 1000-60000']);
  });

  it('leaves no time out and counts none twice, whatever the clocks say', () => {
    const clock = fc.integer({ min: 0, max: 5_000 });
    const attempt = fc.record({ at: clock.map(at), workMs: fc.option(clock, { nil: 0 }) });
    fc.assert(
      fc.property(
        fc.record({ came: clock, ended: clock, work: clock, tries: fc.array(attempt, { maxLength: 4 }) }),
        ({ came, ended, work, tries }) => {
          const row = rowOf(
            step('handled', 's', 'placed', came, {
              ...{ consumer: 'c', endedAt: at(ended), workMs: work, arrival: 'parked', parkedAt: at(came), tries },
            }),
          );
          const segments = row?.segments ?? [];
          const whole = segments.every(({ from }, index) => from === (segments[index - 1]?.to ?? start));
          return whole && (segments.at(-1)?.to ?? start) === row?.end;
        },
      ),
    );
  });

  it('lets what is still parked go on until now', () => {
    const { rows, end } = waterfallOf(
      causesOf([step('published', 'orders', 'placed', 0), step('parked', 'payments', 'placed', 100, { consumer: 'c' })])
        .nodes,
      start + 60_000,
    );
    expect(rows[0]).toMatchObject({ open: true, end: start + 60_000 });
    expect(end).toBe(start + 60_000);
  });
});

describe('the critical path', () => {
  it('goes from the first event through the delivery that published the next to the last end', () => {
    const { nodes } = causesOf(steps);
    const path = criticalPath(waterfallOf(nodes, start + 5_000), nodes);
    expect(path.total).toBe(1_500);
    expect(path.totals).toEqual({ waiting: 100 + 410, parked: 500, working: 390 + 100 });
  });

  it('has no gaps and adds up to the whole time, whatever the clocks say', () => {
    const clock = fc.integer({ min: 0, max: 5_000 });
    fc.assert(
      fc.property(
        fc.array(fc.record({ published: clock, received: clock, ended: clock, work: clock, cause: fc.nat(8) }), {
          minLength: 1,
          maxLength: 8,
        }),
        (events) => {
          const all = events.flatMap(({ published, received, ended, work, cause }, index) => [
            step('published', 's', `e${index}`, published, cause < index ? { causationId: `e${cause}` } : {}),
            step('handled', 's', `e${index}`, received, { consumer: 'c', endedAt: at(ended), workMs: work }),
          ]);
          const { nodes } = causesOf(all);
          const { pieces, total } = criticalPath(waterfallOf(nodes, start + 9_000), nodes);
          for (const [index, piece] of pieces.entries()) {
            const next = pieces[index + 1];
            if (next !== undefined && next.from > piece.to) return false;
          }
          const sum = pieces.reduce((length, { from, to }) => length + to - from, 0);
          return sum === total && pieces.every(({ from, to }) => to >= from);
        },
      ),
    );
  });

  it('ends although causes go in a circle', () => {
    const circle = [
      step('published', 's', 'a', 0, { causationId: 'b' }),
      step('published', 's', 'b', 10, { causationId: 'a' }),
      step('handled', 's', 'b', 20, { consumer: 'c', endedAt: at(30), workMs: 5 }),
    ];
    const { nodes } = causesOf(circle);
    expect(criticalPath(waterfallOf(nodes, start + 100), nodes).total).toBeGreaterThan(0);
  });
});

describe('the title of a journey', () => {
  it('names the business thing, what happened, and where it waits', () => {
    const waiting = [
      ...steps,
      step('parked', 'shipping', 'captured', 2_000, { ...captured, consumer: 's', why: 'dead: x.y: no carrier' }),
    ];
    expect(journeyTitle(causesOf(waiting).nodes, start + 180_000)).toEqual({
      noun: 'Order',
      id: '1042',
      story: 'placed 3 min ago, waiting in shipping',
      state: 'dead',
    });
  });

  it('says that nothing waits, and what happened last', () => {
    expect(journeyTitle(causesOf(steps).nodes, start + 180_000)?.story).toBe(
      'placed 3 min ago, payment captured 2 min ago, nothing waits',
    );
    expect(journeyTitle([], start)).toBeUndefined();
  });

  it('has a hit for each story that an id leads to', () => {
    const two = [...steps, step('published', 'orders', 'other', 9_000, { correlationId: 'c2' })];
    const { nodes } = causesOf(two);
    expect(hitsOf(nodes, two).map(({ correlationId, events }) => [correlationId, events])).toEqual([
      ['c2', '1 event'],
      ['c1', '2 events'],
    ]);
  });

  it('lists the stories that the index knows, newest first', () => {
    const match = {
      correlationId: 'c1',
      firstType: 'orders.v2.OrderPlaced',
      firstAt: at(0),
      aggregateId: '1042',
      events: 7,
    };
    expect(hitsOfMatches([match, { ...match, correlationId: 'c2', firstAt: at(9), events: 1_000 }])).toEqual([
      { correlationId: 'c2', title: 'OrderPlaced · 1042', at: at(9), events: '1,000 events or more' },
      { correlationId: 'c1', title: 'OrderPlaced · 1042', at: at(0), events: '7 events' },
    ]);
  });

  it('reads why an event is parked', () => {
    expect(parkedWhy('dead: payments.unmapped: No account: CHF')).toMatchObject({
      state: 'dead',
      words: 'No account: CHF',
    });
    expect(parkedWhy('behind')).toMatchObject({
      state: 'waiting',
      words: 'waits behind an earlier event of its entity',
    });
  });
});

describe('the axis of time', () => {
  it('is even when no stretch is far longer than the others', () => {
    const scale = timeScale([0, 10, 20, 30]);
    expect(scale.cuts).toEqual([]);
    expect(scale.at(15)).toBe(0.5);
  });

  it('cuts one long stretch so that the others can be told apart', () => {
    const scale = timeScale([0, 100, 200, 300, 1_000_000]);
    expect(scale.cuts).toEqual([{ from: 300, to: 1_000_000 }]);
    expect(scale.at(300)).toBeCloseTo(0.7);
    expect(scale.at(1_000_000)).toBe(1);
  });

  it('never puts a later time left of an earlier one', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000_000 }), { minLength: 2 }), (times) => {
        const scale = timeScale(times);
        const places = times.toSorted((a, b) => a - b).map(scale.at);
        return places.every((place, index) => index === 0 || place >= (places[index - 1] ?? 0) - 1e-9);
      }),
    );
  });
});
