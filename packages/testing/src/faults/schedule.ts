import { createHash } from 'node:crypto';
import type { FaultSettings } from './settings.ts';

/** What becomes of a delivery: passed on at once, or held back for some milliseconds. */
export type Fate = { readonly kind: 'pass' } | { readonly kind: 'hold'; readonly forMs: number };

/** A delivery as its fate depends on it. */
export interface Delivery {
  readonly consumer: string;
  readonly kind: 'projection' | 'reaction';
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
}

type Odds = Pick<FaultSettings, 'seed' | 'delayOneOf' | 'delayMs' | 'withholdOneOf' | 'withholdMs'>;

/** Decides by the seed and the record's place alone, so that a run can be repeated. */
export function fateOf(delivery: Delivery, odds: Odds): Fate {
  const { consumer, topic, partition, offset } = delivery;
  const [lot, length] = lots(`${odds.seed} ${consumer} ${topic} ${partition} ${offset}`);
  const withheld = delivery.kind === 'projection' ? share(odds.withholdOneOf) : 0;
  if (lot < withheld) return { kind: 'hold', forMs: odds.withholdMs };
  if (lot < withheld + share(odds.delayOneOf)) {
    const [from, to] = odds.delayMs;
    return { kind: 'hold', forMs: Math.round(from + length * (to - from)) };
  }
  return { kind: 'pass' };
}

function share(oneOf: number): number {
  return oneOf > 0 ? 1 / oneOf : 0;
}

/** Two numbers in [0, 1) that look random and are not. */
function lots(text: string): readonly [number, number] {
  const hash = createHash('sha256').update(text).digest();
  return [hash.readUInt32BE(0) / 2 ** 32, hash.readUInt32BE(4) / 2 ** 32];
}
