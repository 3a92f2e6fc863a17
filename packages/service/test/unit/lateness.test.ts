import type { ConsumerState, Criticality } from '@waybill/messaging';
import { describe, expect, test } from 'vitest';
import { latenessOf, type ObservedConsumer } from '../../src/lifecycle/lateness.ts';

const now = Date.parse('2026-11-01T12:00:00Z');
const at = '2026-11-01T11:59:55.000Z';

function behind(
  lagMs: number | undefined,
  criticality: Criticality = 'normal',
  state: ConsumerState = 'consuming',
): ObservedConsumer {
  const objective = { visibleWithinMs: 1_000, share: 0.99 };
  return { definition: { criticality, objective }, state, flow: lagMs === undefined ? { at } : { at, lagMs } };
}

describe('lateness', () => {
  test('is that of the most important consumer whose backlog has waited longer than its objective allows', () => {
    expect(latenessOf([behind(2_000), behind(1_100, 'critical')], now)).toEqual({ lateness: 'critical', at });
    expect(latenessOf([behind(2_000), behind(900, 'critical')], now)).toEqual({ lateness: 'normal', at });
  });

  test('is near where more than half of that has passed, and none where nothing waits', () => {
    expect(latenessOf([behind(600)], now).lateness).toBe('nearly');
    expect(latenessOf([behind(400), behind(undefined, 'critical')], now).lateness).toBe('none');
  });

  test('is not for what may wait itself, what stands still, or what was looked at long ago', () => {
    const old = { ...behind(9_000), flow: { at: '2026-11-01T11:59:00.000Z', lagMs: 9_000 } };
    const others = [behind(9_000, 'deferrable'), behind(9_000, 'critical', 'paused'), old];
    expect(latenessOf(others, now).lateness).toBe('none');
  });
});
