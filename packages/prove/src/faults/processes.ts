import type { Injector } from './stage.ts';
import { lasting } from './stage.ts';

/** SIGKILL; the fleet starts it again. */
export const kill: Injector = async ({ fleet }, { target }) => {
  const hit = fleet.signal(target, 'SIGKILL');
  return Promise.resolve(hit ? 'killed' : 'it was down already');
};

/** SIGSTOP for longer than its leases and sessions last, and SIGCONT: it goes on as if nothing had happened. */
export const stop: Injector = async (stage, { target, forMs }) => {
  const pid = stage.fleet.pid(target);
  if (!stage.fleet.signal(target, 'SIGSTOP')) return 'it was down already';
  await lasting(stage, forMs);
  // Another fault may have killed it meanwhile, and its successor was never stopped.
  if (stage.fleet.pid(target) !== pid) return 'it was killed while it was stopped';
  stage.fleet.signal(target, 'SIGCONT');
  return `stopped for ${forMs} ms`;
};

/** A branch is deployed with the other of two compatible schemas, while consumers run on with the older. */
export const schema: Injector = async ({ fleet, random }, { target }) => {
  const age = random.chance(0.7) ? 'newer' : 'older';
  fleet.setExtra(target, { WORKLOAD_SCHEMA: age });
  const hit = fleet.signal(target, 'SIGTERM');
  return Promise.resolve(hit ? `restarted with the ${age} schema` : 'it was down already');
};
