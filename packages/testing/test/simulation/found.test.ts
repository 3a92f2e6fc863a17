import { expect, it } from 'vitest';
import { type Plan, simulate } from '../../src/simulation/index.ts';

/** A calm world in which nothing happens. */
const calm: Plan = {
  seed: 1,
  processes: ['orders-1', 'shop-1'],
  partitions: 1,
  consumers: ['shop.alerts'],
  consumersAtMs: 0,
  leaseMs: 3_000,
  batchRows: 100,
  deliveredAtOnce: 100,
  sendMs: 0,
  gapPatienceMs: 300,
  network: { lossShare: 0, slowShare: 0, slowMs: 0, lateShare: 0 },
  duplicateShare: 0,
  reorderShare: 0,
  clockOffsetMs: 0,
  changes: [],
  snapshots: [],
  failures: [],
  refused: [],
  undecodable: [],
  mendedAtMs: 2_000,
  operations: [],
  faults: [],
  calmAtMs: 2_000,
};

it('an event that a reaction from now on could not read, and passed, has its effect once it is tried again', async () => {
  const plan: Plan = {
    ...calm,
    changes: [
      {
        atMs: 500,
        process: 'orders-1',
        facts: [
          { n: 1, entity: 'order-1', kind: 'changed', delta: 5 },
          { n: 2, entity: 'order-1', kind: 'seen', delta: 6 },
        ],
        undone: undefined,
        openMs: 0,
        end: 'commit',
      },
    ],
    undecodable: [1],
  };
  expect((await simulate(plan)).violations).toEqual([]);
});
