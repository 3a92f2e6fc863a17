import type { Injector } from './stage.ts';
import { lasting } from './stage.ts';

/** Milliseconds. */
const settleMs = 3_000;

/** SIGKILL of a server, which stays away for a while and comes back on its data. */
export const killServer: Injector = async (stage, { target, forMs }) => {
  const server = stage.servers.find(({ name }) => name === target);
  if (server === undefined) throw new Error(`There is no ${target} here that can be killed.`);
  if (stage.down.has(target)) return 'it was down already';
  stage.down.add(target);
  try {
    await server.kill();
    await lasting(stage, forMs);
    await stage.clock.hold(async () => {
      await server.restart();
      // Those who lost it join their groups again, and take their shards.
      await lasting(stage, settleMs);
    });
  } finally {
    stage.down.delete(target);
  }
  return `away for ${forMs} ms and a start`;
};
