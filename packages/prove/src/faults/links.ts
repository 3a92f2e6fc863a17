import type { LinkState, TcpProxy } from '../network/tcp-proxy.ts';
import type { FaultStage, Injector } from './stage.ts';
import { lasting } from './stage.ts';
import type { PlannedFault } from './schedule.ts';

const share = (stage: FaultStage) => stage.random.pick([0.3, 0.6, 1]);

/** Connections that are up are reset. */
export const cut: Injector = async (stage, fault) => {
  const link = linkOf(stage, fault);
  return Promise.resolve(`${link.cut(share(stage))} connections reset`);
};

/** Each piece that is sent is held back, in each direction. */
export const slow: Injector = async (stage, fault) => {
  const delayMs = stage.random.whole(20, 250);
  await changed(stage, fault, { kind: 'slow', delayMs });
  return `${delayMs} ms in each direction for ${fault.forMs} ms`;
};

/** Nothing comes through, and nobody is told; in the end the peer has forgotten the connection. */
export const halfOpen: Injector = async (stage, fault) => {
  const count = await changed(stage, fault, { kind: 'half-open' });
  return `${count} connections silent for ${fault.forMs} ms`;
};

async function changed(stage: FaultStage, fault: PlannedFault, state: LinkState): Promise<number> {
  const link = linkOf(stage, fault);
  const count = link.change(state, share(stage));
  await lasting(stage, fault.forMs);
  link.heal();
  return count;
}

function linkOf({ links }: FaultStage, { target }: PlannedFault): TcpProxy {
  return target === 'kafka' ? links.kafka : links.postgres;
}
