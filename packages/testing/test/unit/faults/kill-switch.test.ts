import type { BatchCommitted } from '@waybill/messaging';
import { describe, expect, it } from 'vitest';
import { killSwitch } from '../../../src/faults/kill-switch.ts';

const settings = { consumer: 'orders.fulfilment', afterCommits: 2, markerFile: 'killed' };

function commit(consumer = 'orders.fulfilment'): BatchCommitted {
  return { stage: 'committed', consumer, topic: 'payments.payment', partition: 0, count: 1 };
}

function switchWith(options: { wouldRepeat?: () => boolean; done?: boolean } = {}) {
  const state = { kills: 0 };
  const listener = killSwitch({
    settings,
    wouldRepeat: options.wouldRepeat ?? (() => true),
    done: () => options.done ?? false,
    kill: () => {
      state.kills += 1;
    },
  });
  return { listener, state };
}

describe('the kill switch', () => {
  it('kills at the commit after the number that was said, and only once', () => {
    const { listener, state } = switchWith();
    const kills = Array.from({ length: 5 }, () => {
      listener(commit());
      return state.kills;
    });
    expect(kills).toEqual([0, 0, 1, 1, 1]);
  });

  it('waits for a moment at which something would be delivered again', () => {
    let repeat = false;
    const { listener, state } = switchWith({ wouldRepeat: () => repeat });
    for (let index = 0; index < 9; index += 1) listener(commit());
    expect(state.kills).toBe(0);
    repeat = true;
    listener(commit());
    expect(state.kills).toBe(1);
  });

  it('leaves other consumers alone', () => {
    const { listener, state } = switchWith();
    for (let index = 0; index < 9; index += 1) listener(commit('orders.process'));
    expect(state.kills).toBe(0);
  });

  it('does nothing in the process that took the place of the killed one', () => {
    const { listener, state } = switchWith({ done: true });
    for (let index = 0; index < 9; index += 1) listener(commit());
    expect(state.kills).toBe(0);
  });
});
