import { atEveryMoment, watchDatabases } from './checks/at-every-moment.ts';
import { atRest } from './checks/at-rest.ts';
import { unrest } from './checks/unrest.ts';
import type { Plan, PlannedChange } from './plan/plan.ts';
import { Fleet } from './world/fleet.ts';
import { operate, redriveUndecodable, releaseAllHeld } from './world/operator.ts';
import { type Violation, World } from './world/world.ts';

/** Virtual milliseconds within which a world must come to rest once faults have ended. */
const REST_MS = 180_000;
const STOP_MS = 30_000;
const LOOK_MS = 250;
/** Milliseconds after which what begins once it is calm has begun. */
const SETTLE_MS = 1_500;

/** What became of a world. */
export interface Outcome {
  readonly seed: number;
  readonly violations: readonly Violation[];
  /** Of all that happened, and when: the same for the same plan. */
  readonly hash: string;
  readonly steps: number;
  readonly virtualMs: number;
}

/** Lets a planned world happen, and says which promises were broken in it. */
export async function simulate(plan: Plan, trace?: (line: string) => void): Promise<Outcome> {
  const world = new World(plan);
  const { scheduler } = world;
  scheduler.trace = trace;
  const fleet = new Fleet(world);
  watchDatabases(world);
  begin(world, fleet);

  let restless = 'nothing was looked at';
  const look = (): void => {
    atEveryMoment(world);
    restless = world.now > plan.calmAtMs + SETTLE_MS ? unrest(world) : 'it is not calm yet';
    if (world.isCalm) releaseAllHeld(world);
    if (world.now > plan.calmAtMs + SETTLE_MS) redriveUndecodable(world);
    scheduler.after(LOOK_MS, 'look', look);
  };
  scheduler.after(LOOK_MS, 'look', look);
  const isOver = (): boolean => restless === '' || world.violations.length > 0;
  await scheduler.run(plan.calmAtMs + REST_MS, isOver);
  if (restless !== '' && world.violations.length === 0) world.violated('rest', restless);
  if (world.violations.length === 0) atRest(world);
  if (world.violations.length === 0) await stopAll(world, fleet);
  return {
    seed: plan.seed,
    violations: world.violations,
    hash: scheduler.hash,
    steps: scheduler.steps,
    virtualMs: Math.round(scheduler.now),
  };
}

function begin(world: World, fleet: Fleet): void {
  const { scheduler, plan } = world;
  for (const name of plan.processes) {
    const atMs = name.startsWith('shop') ? plan.consumersAtMs : 0;
    scheduler.after(atMs, `start ${name}`, () => fleet.start(name));
  }
  for (const change of plan.changes)
    scheduler.after(change.atMs, 'change', () => fleet.get(change.process)?.change(change));
  for (const { atMs, process, entity } of plan.snapshots)
    scheduler.after(atMs, 'snapshot', () => fleet.get(process)?.snapshot(entity));
  for (const operation of plan.operations)
    scheduler.after(operation.atMs, operation.what, () => operate(world, operation));
  for (const fault of plan.faults) scheduler.after(fault.atMs, fault.kind, () => fleet.strike(fault));
  scheduler.after(plan.calmAtMs, 'calm', () => {
    world.isCalm = true;
    fleet.restore();
    for (const change of closing(plan)) {
      scheduler.after(500, 'change', () => fleet.get(change.process)?.change(change));
    }
  });
}

/** What a dependent consumer waits for must come to be some time. */
function closing(plan: Plan): readonly PlannedChange[] {
  if (!plan.consumers.includes('shop.dependent')) return [];
  return [1, 2].map((number) => ({
    atMs: 0,
    process: 'orders-1',
    facts: [{ n: 1_000 + number, entity: `customer-${number}`, kind: 'customer', delta: 1 }],
    undone: undefined,
    openMs: 0,
    end: 'commit',
  }));
}

async function stopAll(world: World, fleet: Fleet): Promise<void> {
  let hasStopped = false;
  void fleet.stop().then(() => {
    hasStopped = true;
  });
  await world.scheduler.run(world.now + STOP_MS, () => hasStopped);
  if (!hasStopped) world.violated('rest', `a process did not stop within ${STOP_MS} ms`);
}
