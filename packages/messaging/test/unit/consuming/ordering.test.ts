import type { EventId } from '@waybill/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entityKeyText } from '../../../src/consuming/inbox-store.ts';
import { decideOrder, decideSnapshot, type EntityState, type QueuedEvent } from '../../../src/consuming/ordering.ts';
import { WorkingEntities } from '../../../src/consuming/working-entities.ts';

const idOf = (version: number, rival = '') => `event-${version}${rival}` as EventId;
const event = (version: number, rival = ''): QueuedEvent => ({ version, id: idOf(version, rival) });
const state = (changes: Partial<EntityState>): EntityState => ({
  applied: 0,
  lastId: undefined,
  holes: [],
  queue: [],
  ...changes,
});

describe('an event that is next', () => {
  test('is applied', () => {
    expect(decideOrder('projection', state({ applied: 4, lastId: idOf(4) }), event(5), false)).toEqual({
      action: 'apply',
      baseline: false,
    });
  });

  test('is applied although later ones wait for it', () => {
    const waiting = state({ applied: 4, queue: [event(6), event(7)] });
    expect(decideOrder('reaction', waiting, event(5), false).action).toBe('apply');
  });
});

describe('an event beyond a gap', () => {
  test('is parked for its predecessor', () => {
    expect(decideOrder('reaction', state({ applied: 1 }), event(3), false)).toEqual({ action: 'park', reason: 'gap' });
  });

  test('queues behind what is parked before it', () => {
    expect(decideOrder('reaction', state({ applied: 1, queue: [event(3)] }), event(4), false)).toEqual({
      action: 'park',
      reason: 'behind',
    });
  });

  test('that fills part of the gap becomes the new head', () => {
    expect(decideOrder('reaction', state({ applied: 1, queue: [event(5)] }), event(4), false)).toEqual({
      action: 'park',
      reason: 'gap',
    });
  });

  test('is the baseline of an unknown entity for a consumer that starts from now', () => {
    expect(decideOrder('reaction', state({}), event(7), true)).toEqual({ action: 'apply', baseline: true });
  });

  test('is no baseline once the entity is known', () => {
    expect(decideOrder('reaction', state({ applied: 2 }), event(7), true)).toEqual({ action: 'park', reason: 'gap' });
  });
});

describe('an event at or below what was applied', () => {
  test('is skipped as a duplicate', () => {
    expect(decideOrder('reaction', state({ applied: 4, lastId: idOf(4) }), event(4), false)).toEqual({
      action: 'skip',
      reason: 'duplicate',
    });
  });

  test('is a fork when its version came under another id', () => {
    expect(decideOrder('reaction', state({ applied: 4, lastId: idOf(4) }), event(4, 'rival'), false)).toEqual({
      action: 'fork',
    });
  });

  test('in a hole is late: a reaction handles it, a projection has it covered', () => {
    const holed = state({ applied: 9, holes: [{ from: 5, to: 8 }] });
    expect(decideOrder('reaction', holed, event(6), false)).toEqual({ action: 'apply-late' });
    expect(decideOrder('projection', holed, event(6), false)).toEqual({ action: 'skip', reason: 'covered' });
  });
});

test('an event that is parked already is a duplicate, and a fork under another id', () => {
  const parked = state({ applied: 1, queue: [event(3), event(4)] });
  expect(decideOrder('reaction', parked, event(4), false)).toEqual({ action: 'skip', reason: 'duplicate' });
  expect(decideOrder('reaction', parked, event(4, 'rival'), false)).toEqual({ action: 'fork' });
});

test('whatever the order and number of deliveries, each event is applied once and in version order', () => {
  const deliveries = fc.integer({ min: 1, max: 12 }).chain((count) =>
    fc.tuple(
      fc.shuffledSubarray(
        Array.from({ length: count }, (_, index) => index + 1),
        { minLength: count },
      ),
      fc.array(fc.integer({ min: 1, max: count }), { maxLength: 20 }),
    ),
  );
  fc.assert(
    fc.property(deliveries, fc.constantFrom('projection' as const, 'reaction' as const), ([once, again], kind) => {
      let entity = state({});
      const applied: number[] = [];
      const apply = (version: number) => {
        applied.push(version);
        entity = { ...entity, applied: version, lastId: idOf(version) };
      };
      for (const version of [...once, ...again]) {
        const decision = decideOrder(kind, entity, event(version), false);
        if (decision.action === 'apply') apply(version);
        if (decision.action === 'park') {
          const queue = [...entity.queue, event(version)].toSorted((a, b) => a.version - b.version);
          entity = { ...entity, queue };
        }
        while (entity.queue[0]?.version === entity.applied + 1) {
          const [head, ...queue] = entity.queue;
          entity = { ...entity, queue };
          if (head !== undefined) apply(head.version);
        }
      }
      expect(applied).toEqual(once.toSorted((a, b) => a - b));
      expect(entity.queue).toEqual([]);
    }),
  );
});

describe('a snapshot that comes by the log', () => {
  test('is applied when it closes the gap that an entity waits at', () => {
    expect(decideSnapshot(state({ applied: 1, queue: [event(4)] }), 3)).toBe('apply');
    expect(decideSnapshot(state({ applied: 1, queue: [event(4)] }), 9)).toBe('apply');
  });

  test('waits when it is ahead of events that may still come', () => {
    expect(decideSnapshot(state({ applied: 1, queue: [event(4)] }), 2)).toBe('wait');
    expect(decideSnapshot(state({ applied: 1 }), 9)).toBe('wait');
    expect(decideSnapshot(state({}), 1)).toBe('wait');
    expect(decideSnapshot(state({ applied: 3, queue: [event(4)] }), 9)).toBe('wait');
  });

  test('is passed over when it is not ahead', () => {
    expect(decideSnapshot(state({ applied: 9 }), 9)).toBe('pass-over');
    expect(decideSnapshot(state({ applied: 9 }), 8)).toBe('pass-over');
  });
});

describe('a queue of which the head and the versions that arrive are known', () => {
  const key = { tenant: '', aggregateType: 'orders.order', aggregateId: 'order-1' };

  /** What is decided about events that arrive together, and whether the queue can go on after them. */
  function dealt(kind: 'projection' | 'reaction', known: EntityState, arrived: readonly QueuedEvent[], from: boolean) {
    const entities = new WorkingEntities([key], new Map([[entityKeyText(key), known]]));
    const decisions = arrived.map((each) => {
      const decision = decideOrder(kind, entities.get(key), each, from);
      if (decision.action === 'apply') entities.apply(key, each);
      if (decision.action === 'park') entities.enqueue(key, each);
      return decision;
    });
    return { decisions, drainable: entities.drainable() };
  }

  test('leads to what the whole of it would', () => {
    const version = fc.integer({ min: 1, max: 9 });
    const known = fc.record({ applied: fc.nat({ max: 4 }), queue: fc.uniqueArray(version, { maxLength: 6 }) });
    const arrived = fc.array(fc.record({ version, rival: fc.constantFrom('', ' rival') }), { maxLength: 6 });
    const property = fc.property(
      fc.constantFrom('projection', 'reaction'),
      known,
      arrived,
      fc.boolean(),
      (kind, { applied, queue }, events, from) => {
        const whole = queue.toSorted((a, b) => a - b).map((each) => event(each));
        const part = whole.filter(
          (queued, index) => index === 0 || events.some((each) => each.version === queued.version),
        );
        const coming = events.map((each) => event(each.version, each.rival));
        const dealtWith = (known: readonly QueuedEvent[]) =>
          dealt(kind, state({ applied, lastId: idOf(applied), queue: known }), coming, from);
        expect(dealtWith(part)).toEqual(dealtWith(whole));
      },
    );
    fc.assert(property, { numRuns: 2_000 });
  });
});
