import { describe, expect, it } from 'vitest';
import type { ProofEvidence } from '../../src/proof/evidence.ts';
import { judgeFaults } from '../../src/proof/in-flight.ts';
import { began, validProof } from '../builders/valid-proof.ts';

/** The events of the run are under way from 290 ms to 400 ms after its beginning. */
function hit(target: string, ms: number, change: Partial<ProofEvidence> = {}): boolean | undefined {
  const at = began + ms;
  const faults = [{ id: 1, form: 'kill', target, beganAt: at, endedAt: at }];
  return judgeFaults({ ...validProof(), operations: [], deliveries: [], ...change, faults })[0]?.hit;
}

const idle = { operations: [], deliveries: [] };

describe('a fault', () => {
  it('hits a server when an event is on its way, and not before or after', () => {
    expect([hit('kafka', 280), hit('kafka', 300), hit('kafka', 410)]).toEqual([false, true, false]);
  });

  it('hits a process that had begun an operation or a delivery, and not ended it', () => {
    const { operations, deliveries } = validProof();
    expect(hit('east-1', 110, { operations })).toBe(true);
    expect(hit('east-1', 150, { operations })).toBe(false);
    expect(hit('office-1', 310, { deliveries })).toBe(true);
    expect(hit('office-2', 310, { deliveries })).toBe(false);
  });

  it('hits an operation that never ended', () => {
    const { operations } = validProof();
    expect(hit('east-1', 5_000, { operations })).toBe(true);
  });

  it('hits a relay while an event of a shard that it holds is on its way, and not one that has lost it', () => {
    expect([hit('east-2', 300, idle), hit('east-1', 300, idle)]).toEqual([true, false]);
  });

  it('does not hit a process that holds nothing', () => {
    expect(hit('archive-1', 300, idle)).toBe(false);
  });
});
