import { createHash } from 'node:crypto';
import type { Behaviour } from './config.ts';

/** What an attempt meets before it reaches the books. */
export type Mishap = 'none' | 'limited' | 'failing';

/** How the `attempt`-th call with `key` goes: how long it takes, and what gets in its way. Repeatable. */
export function conduct(behaviour: Behaviour, key: string, attempt: number): { latencyMs: number; mishap: Mishap } {
  const drawn = chance(`${behaviour.seed}:${key}:${attempt}:mishap`);
  const { limitedShare, failingShare, minLatencyMs, maxLatencyMs } = behaviour;
  const spread = chance(`${behaviour.seed}:${key}:${attempt}:latency`);
  return {
    latencyMs: Math.round(minLatencyMs + spread * (maxLatencyMs - minLatencyMs)),
    mishap: drawn < limitedShare ? 'limited' : drawn < limitedShare + failingShare ? 'failing' : 'none',
  };
}

/** Whether the answer to a call with `key` comes in another form than is described, for as long as that share of them does. */
export function isOdd(seed: string, key: string, share: number): boolean {
  return chance(`${seed}:${key}:odd`) < share;
}

/** The rule on the data by which captures are declined: amounts that end in 13 cents, about two in a hundred. */
export function isDeclined(amount: string): boolean {
  return amount.endsWith('.13');
}

/** A number from 0 up to 1, the same for the same text. */
function chance(text: string): number {
  return createHash('sha256').update(text).digest().readUInt32BE(0) / 2 ** 32;
}
