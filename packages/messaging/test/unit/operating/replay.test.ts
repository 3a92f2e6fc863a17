import type { EventId } from '@waybill/contracts';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decideHead, type EntityState } from '../../../src/consuming/ordering.ts';
import { containsVersion, removeVersion } from '../../../src/consuming/version-ranges.ts';
import { decideReplay, planReplay, type ReplayedEvent, type ReplayedTo } from '../../../src/operating/replay.ts';
import { entityKeyText } from '../../../src/consuming/inbox-store.ts';

const key = { tenant: '', aggregateType: 'orders.order', aggregateId: 'o-1' };
const idOf = (version: number) => `event-${version}` as EventId;
const state = (changes: Partial<EntityState>): EntityState => ({
  ...{ applied: 0, lastId: undefined, holes: [], queue: [] },
  ...changes,
});
const event = (version: number, changes: Partial<ReplayedEvent> = {}): ReplayedEvent => ({
  ...{ key, id: idOf(version), version, effect: 'handler' as const },
  ...{ handledById: false, parked: false, olderThanInbox: false },
  ...changes,
});
const reaction: ReplayedTo = { kind: 'reaction', from: 'beginning', ordering: { by: 'entity' } };
const newcomer: ReplayedTo = { ...reaction, from: 'now' };
const projection: ReplayedTo = { ...reaction, kind: 'projection' };
const unordered: ReplayedTo = { ...reaction, ordering: { by: 'none', horizonMs: 1_000 } };
const delivered = { action: 'deliver', baseline: undefined };
const passed = (why: string) => ({ action: 'pass-over', why });

describe('an event at or below what was applied', () => {
  const known = state({ applied: 5, lastId: idOf(5) });

  test('is passed over when its id was handled', () => {
    expect(decideReplay(reaction, known, event(3, { handledById: true }))).toEqual(passed('handled'));
  });

  test('is given to a reaction whose inbox would know it and does not: it was skipped, or lay before its beginning', () => {
    expect(decideReplay(reaction, known, event(3))).toEqual(delivered);
  });

  test('is passed over when the inbox may have forgotten it', () => {
    expect(decideReplay(reaction, known, event(3, { olderThanInbox: true }))).toEqual(passed('forgotten'));
  });

  test('is given whatever its age when it is known as a hole', () => {
    const holed = state({ applied: 5, holes: [{ from: 3, to: 4 }] });
    expect(decideReplay(reaction, holed, event(3, { olderThanInbox: true }))).toEqual(delivered);
  });

  test('is never needed by a projection', () => {
    expect(decideReplay(projection, known, event(3))).toEqual(passed('covered'));
    const holed = state({ applied: 5, holes: [{ from: 3, to: 3 }] });
    expect(decideReplay(projection, holed, event(3))).toEqual(passed('covered'));
  });

  test('is left to a person when its version is taken by another', () => {
    expect(decideReplay(reaction, known, event(5, { id: 'rival' as EventId }))).toEqual(passed('forked'));
  });

  test('is not parked twice', () => {
    expect(decideReplay(reaction, known, event(3, { parked: true }))).toEqual(passed('parked'));
  });

  test('has nothing to repeat when there is no handler for it', () => {
    expect(decideReplay(reaction, known, event(3, { effect: 'version-only' }))).toEqual(passed('covered'));
  });
});

describe('an event above what was applied, which the position is past', () => {
  test('is given in its turn', () => {
    expect(decideReplay(reaction, state({ applied: 2 }), event(3))).toEqual(delivered);
    expect(decideReplay(projection, state({ applied: 2 }), event(3))).toEqual(delivered);
  });

  test('makes a baseline of an entity that a consumer from now on never saw', () => {
    expect(decideReplay(newcomer, state({}), event(4))).toEqual({ action: 'deliver', baseline: 3 });
    expect(decideReplay(newcomer, state({}), event(1))).toEqual(delivered);
    expect(decideReplay(newcomer, state({ applied: 2 }), event(4))).toEqual(delivered);
  });

  test('counts its version where there is no handler for it, once the entity is followed', () => {
    const counted = event(3, { effect: 'version-only' });
    expect(decideReplay(newcomer, state({}), counted)).toEqual(passed('covered'));
    expect(decideReplay(newcomer, state({ applied: 2 }), counted)).toEqual(delivered);
  });

  test('never passes one that holds its entity', () => {
    const held = state({ applied: 2, queue: [{ version: 3, id: idOf(3) }] });
    expect(decideReplay(newcomer, held, event(6))).toEqual(delivered);
    expect(decideReplay(newcomer, held, event(3, { id: 'rival' as EventId }))).toEqual(passed('forked'));
  });
});

describe('an event of a consumer without order', () => {
  test('is given unless its id was handled, or may have been forgotten', () => {
    expect(decideReplay(unordered, state({}), event(1))).toEqual(delivered);
    expect(decideReplay(unordered, state({}), event(1, { handledById: true }))).toEqual(passed('handled'));
    expect(decideReplay(unordered, state({}), event(1, { olderThanInbox: true }))).toEqual(passed('forgotten'));
  });
});

test('one that is in the range twice is given once', () => {
  const plan = planReplay(reaction, new Map(), [event(1), event(1), event(2)]);
  expect(plan.deliver.map(({ version }) => version)).toEqual([1, 2]);
  expect(plan.passedOver).toBe(1);
});

/** A consumer's entity, as a drain of its queue works on it: by `decideHead`, and by the inbox for what lies behind. */
class Followed {
  readonly to: ReplayedTo;
  readonly effects: number[] = [];
  readonly remembered = new Set<number>();
  entity: EntityState = state({});

  constructor(to: ReplayedTo) {
    this.to = to;
  }

  handle(version: number): void {
    this.effects.push(version);
    this.remembered.add(version);
  }

  drain(): void {
    for (;;) {
      const [head, ...queue] = this.entity.queue;
      if (head === undefined) return;
      const { applied, holes } = this.entity;
      const { version } = head;
      switch (decideHead(applied, version)) {
        case 'gap':
          this.enqueue(applied + 1);
          break;
        case 'apply':
          this.handle(version);
          this.entity = { ...this.entity, queue, applied: version, lastId: idOf(version) };
          break;
        case 'seen':
          if (this.to.kind === 'reaction' && (containsVersion(holes, version) || !this.remembered.has(version)))
            this.handle(version);
          this.entity = { ...this.entity, queue, holes: removeVersion(holes, version) };
      }
    }
  }

  enqueue(version: number): void {
    const queue = [...this.entity.queue, { version, id: idOf(version) }].toSorted((a, b) => a.version - b.version);
    this.entity = { ...this.entity, queue };
  }

  /** One page of a replay, and then its queue. Answers how many were given. */
  replay(versions: readonly number[], forgetting: number): number {
    const events = versions.map((version) =>
      event(version, {
        handledById: this.remembered.has(version),
        parked: this.entity.queue.some((queued) => queued.version === version),
        olderThanInbox: version <= forgetting,
      }),
    );
    const { deliver, baselines } = planReplay(this.to, new Map([[entityKeyText(key), this.entity]]), events);
    for (const { applied } of baselines) this.entity = { ...this.entity, applied };
    for (const { version } of deliver) this.enqueue(version);
    this.drain();
    return deliver.length;
  }
}

const history = fc.record({
  to: fc.constantFrom(reaction, newcomer, projection),
  /** What the consumer got before: from a version on, to another, with some of them given up. */
  begin: fc.integer({ min: 1, max: 6 }),
  end: fc.integer({ min: 0, max: 12 }),
  givenUp: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
  holes: fc.uniqueArray(fc.integer({ min: 1, max: 12 })),
  forgetting: fc.integer({ min: 0, max: 12 }),
  selected: fc.uniqueArray(fc.integer({ min: 1, max: 12 }), { minLength: 1 }),
  pageSize: fc.integer({ min: 1, max: 5 }),
});

test('whatever a consumer went through, a replay repeats no effect, keeps the order, and leaves nothing for the next', () => {
  fc.assert(
    fc.property(history, ({ to, begin, end, givenUp, holes, forgetting, selected, pageSize }) => {
      const followed = new Followed(to);
      const from = to.from === 'now' ? begin : 1;
      for (let version = from; version <= end; version += 1) {
        const isHole = holes.includes(version);
        if (isHole)
          followed.entity = { ...followed.entity, holes: [...followed.entity.holes, { from: version, to: version }] };
        else if (!givenUp.includes(version)) followed.handle(version);
        followed.entity = { ...followed.entity, applied: version, lastId: isHole ? undefined : idOf(version) };
      }
      const before = [...followed.effects];
      for (let version = 0; version <= forgetting; version += 1) followed.remembered.delete(version);

      const sorted = selected.toSorted((a, b) => a - b);
      for (let at = 0; at < sorted.length; at += pageSize) followed.replay(sorted.slice(at, at + pageSize), forgetting);

      expect(new Set(followed.effects).size).toBe(followed.effects.length);
      const replayed = followed.effects.slice(before.length);
      expect(replayed).toEqual(replayed.toSorted((a, b) => a - b));
      // What a reaction surely never handled, it has handled now.
      const told = to.kind === 'reaction' ? sorted.filter((version) => version > forgetting) : [];
      expect(told.filter((version) => !followed.effects.includes(version))).toEqual([]);
      const effects = followed.effects.length;
      for (const version of sorted) followed.remembered.add(version);
      expect(followed.replay(sorted, 0)).toBe(0);
      expect(followed.effects).toHaveLength(effects);
    }),
    { numRuns: 2_000 },
  );
});
