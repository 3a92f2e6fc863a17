import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/up/fleet.ts';
import { killAtRandom } from '../../../src/up/random-kills.ts';

const victims = ['orders', 'payments', 'inventory'].map((name): Program => ({
  name,
  args: [],
  env: {},
  url: '',
  readyUrl: '',
}));

/** Kills with work that goes on until `ends` effects were had, one at each look. */
async function killed(kills: number, seed: number, ends = Number.POSITIVE_INFINITY): Promise<readonly string[]> {
  const names: string[] = [];
  let effects = 0;
  const count = await killAtRandom({
    victims,
    kills,
    seed,
    progress: () => ((effects += 1) < ends ? effects : undefined),
    kill: ({ name }) => names.push(name),
    signal: new AbortController().signal,
  });
  expect(count).toBe(names.length);
  return names;
}

describe('kills at random', () => {
  it('hit the same victims again with the same seed', async () => {
    const [once, again] = await Promise.all([killed(2, 7), killed(2, 7)]);
    expect(once).toHaveLength(2);
    expect(again).toEqual(once);
  });

  it('end when nothing is in flight any more, and say how many there were', async () => {
    expect(await killed(5, 7, 3)).toHaveLength(1);
  });

  it('wait until something had an effect since the one before', async () => {
    const names: string[] = [];
    const gaveUp = new AbortController();
    const killing = killAtRandom({
      victims,
      kills: 2,
      seed: 7,
      progress: () => 1,
      kill: ({ name }) => names.push(name),
      signal: gaveUp.signal,
    });
    setTimeout(() => gaveUp.abort(), 4000);
    await expect(killing).rejects.toThrow('aborted');
    expect(names).toEqual([]);
  });
});
