import { eventually } from '@waybill/testing';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Listener, liveOverviews } from '../../src/application/live-overviews.ts';
import type { OverviewOf } from '../../src/application/overviews.ts';

function standing(dead: number): readonly OverviewOf[] {
  return [{ service: 'orders', overview: { at: new Date().toISOString(), dead } }];
}

function watched() {
  const stopping = new AbortController();
  onTestFinished(() => stopping.abort());
  const state = { dead: 0, looks: 0, time: 1_000, living: new Set(['s-1', 's-2']) };
  const live = liveOverviews({
    overviews: async () => {
      state.looks += 1;
      return standing(state.dead);
    },
    living: async (ids) => new Set(ids.filter((id) => state.living.has(id))),
    signal: stopping.signal,
    everyMs: 5,
    beatMs: 20,
    now: () => state.time,
  });
  // Each look takes its time with it, so that beats come.
  const passing = setInterval(() => {
    state.time += 5;
  }, 5);
  onTestFinished(() => clearInterval(passing));
  return { live, state, stopping };
}

function listener(sessionId = 's-1', given: Partial<Listener> = {}) {
  const heard = { events: 0, beats: 0, ended: false };
  const one: Listener = {
    sessionId,
    until: Number.POSITIVE_INFINITY,
    ready: () => true,
    send: () => void (heard.events += 1),
    beat: () => void (heard.beats += 1),
    end: () => void (heard.ended = true),
    ...given,
  };
  return { one, heard };
}

const looksGoOn = (state: { looks: number }, more: number) => {
  const until = state.looks + more;
  return eventually(() => state.looks >= until, { what: 'the loop looks on' });
};

describe('those who listen to how the services stand', () => {
  test('are told at once, and then only of changes', async () => {
    const { live, state } = watched();
    const { one, heard } = listener();
    live.join(one);
    await eventually(() => heard.events === 1, { what: 'the first state is told' });
    await looksGoOn(state, 5);
    expect(heard.events).toBe(1);
    state.dead = 1;
    await eventually(() => heard.events === 2, { what: 'a change is told' });
  });

  test('share one loop, which rests when the last has left', async () => {
    const { live, state } = watched();
    expect(state.looks).toBe(0);
    const leaving = [listener().one, listener('s-2').one].map((one) => live.join(one));
    await looksGoOn(state, 3);
    for (const leave of leaving) leave?.();
    const left = state.looks;
    const { one, heard } = listener();
    // A whole interval later nobody has looked but for the one who has just come.
    await eventually(() => state.time > 1_100, { what: 'time passes' });
    expect(state.looks).toBeLessThanOrEqual(left + 1);
    live.join(one);
    await eventually(() => heard.events === 1, { what: 'the loop goes on for the next' });
  });

  test('get signs of life while nothing changes', async () => {
    const { live } = watched();
    const { one, heard } = listener();
    live.join(one);
    await eventually(() => heard.beats >= 2, { what: 'beats come' });
    expect(heard.events).toBe(1);
  });

  test('are ended when their session is over, while others go on', async () => {
    const { live, state } = watched();
    const gone = listener('s-1');
    const old = listener('s-2', { until: 1_050 });
    const stays = listener('s-2');
    for (const { one } of [gone, old, stays]) live.join(one);
    state.living.delete('s-1');
    await eventually(() => gone.heard.ended && old.heard.ended, { what: 'two are ended' });
    expect(stays.heard.ended).toBe(false);
  });

  test('are ended at once when their session was logged out, and when the console stops', () => {
    const { live, stopping } = watched();
    const one = listener('s-1');
    const other = listener('s-2');
    live.join(one.one);
    live.join(other.one);
    live.endSession('s-1');
    expect([one.heard.ended, other.heard.ended]).toEqual([true, false]);
    stopping.abort();
    expect(other.heard.ended).toBe(true);
    expect(live.join(listener().one)).toBeUndefined();
  });

  test('are told the newest state once they have taken what they were sent', async () => {
    const { live, state } = watched();
    const slow = { ready: false };
    const { one, heard } = listener('s-1', { ready: () => slow.ready });
    live.join(one);
    await looksGoOn(state, 3);
    expect(heard.events).toBe(0);
    slow.ready = true;
    await eventually(() => heard.events === 1, { what: 'the newest state is told' });
  });

  test('are ten of a session and two hundred of all, at most', () => {
    const { live } = watched();
    const joined = (sessionId: string) => live.join(listener(sessionId).one) !== undefined;
    expect(Array.from({ length: 11 }, () => joined('s-1')).filter(Boolean)).toHaveLength(10);
    const others = Array.from({ length: 300 }, (_, index) => joined(`other-${Math.floor(index / 5)}`));
    expect(others.filter(Boolean)).toHaveLength(190);
  });
});
