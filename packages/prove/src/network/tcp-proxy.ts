import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Random } from '../random.ts';

/** What a proxy does to the bytes that go through it. */
export type LinkState =
  | { readonly kind: 'open' }
  /** Each piece is held back for so many milliseconds, in each direction. */
  | { readonly kind: 'slow'; readonly delayMs: number }
  /** Nothing comes through any more, and neither side is told. */
  | { readonly kind: 'half-open' };

/** A TCP proxy on the loopback address, whose links can be cut, slowed, and left half open. */
export interface TcpProxy {
  readonly port: number;
  /** Links that are up. */
  readonly links: number;
  /** Ends that share of the links (0 to 1) by a reset; new ones are taken as ever. Answers how many. */
  cut(share: number): number;
  /** Changes that share of the links that are up, and all that come while it lasts. Answers how many are up. */
  change(state: LinkState, share: number): number;
  /** Opens all links again; those that were half open are reset, as a peer does that forgot them. */
  heal(): void;
  close(): Promise<void>;
}

interface Link {
  state: LinkState;
  reset(): void;
  /** Sends on what waits, once the link is open again. */
  resume(): void;
}

export interface TcpProxyOptions {
  /** Asked for each connection, so that a proxy may listen before its target does. */
  readonly target: () => { readonly host: string; readonly port: number };
  /** Any free one when left out. */
  readonly port?: number;
  readonly random: Random;
}

/** Starts a proxy; resolves when it listens. */
export async function startTcpProxy({ target, port = 0, random }: TcpProxyOptions): Promise<TcpProxy> {
  const links = new Set<Link>();
  let forNew: LinkState = { kind: 'open' };
  const server = createServer((near) => {
    const far = connect(target());
    const link = join(near, far, () => links.delete(link));
    link.state = forNew;
    links.add(link);
  });
  await listen(server, port);
  const address = server.address();
  const some = (share: number) => [...links].filter(() => random.chance(share));
  return {
    port: typeof address === 'object' && address !== null ? address.port : port,
    get links() {
      return links.size;
    },
    cut(share) {
      const victims = some(share);
      for (const link of victims) link.reset();
      return victims.length;
    },
    change(state, share) {
      forNew = state;
      const changed = some(share);
      for (const link of changed) link.state = state;
      return changed.length;
    },
    heal() {
      forNew = { kind: 'open' };
      for (const link of links) {
        if (link.state.kind === 'half-open') link.reset();
        link.state = forNew;
        link.resume();
      }
    },
    async close() {
      for (const link of links) link.reset();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** Two sockets as one link. Bytes keep their order, whatever the link does to them. */
function join(near: Socket, far: Socket, ended: () => void): Link {
  const pumps = [pump(near, far, () => link.state), pump(far, near, () => link.state)];
  const reset = () => {
    for (const socket of [near, far]) resetSocket(socket);
    ended();
  };
  const link: Link = {
    state: { kind: 'open' },
    reset,
    resume: () => {
      for (const each of pumps) each.resume();
    },
  };
  for (const socket of [near, far]) {
    socket.setNoDelay(true);
    socket.on('error', reset);
    socket.on('close', reset);
  }
  return link;
}

/**
 * Ends a socket by a reset. One that is connecting, that has bytes to send, or that was ended in good order is closed
 * instead: Node would wait for those bytes, and libuv does not reset what is shutting down, and never closes it then.
 */
function resetSocket(socket: Socket): void {
  if (socket.connecting || socket.writableEnded || socket.writableLength > 0) socket.destroy();
  else if (!socket.destroyed) socket.resetAndDestroy();
}

/** Sends what comes from one socket to the other. While it may not, it stops reading, so that the sender's buffers fill. */
function pump(from: Socket, to: Socket, stateOf: () => LinkState): { resume(): void } {
  let lastDueAt = 0;
  const send = (chunk: Buffer | undefined) => {
    if (stateOf().kind === 'half-open') return void from.pause();
    if (chunk === undefined) to.end();
    else if (!to.write(chunk)) {
      from.pause();
      to.once('drain', () => from.resume());
    }
  };
  const pass = (chunk: Buffer | undefined) => {
    const state = stateOf();
    const now = performance.now();
    const dueAt = Math.max(lastDueAt, state.kind === 'slow' ? now + state.delayMs : now);
    lastDueAt = dueAt;
    if (dueAt <= now) send(chunk);
    else setTimeout(() => send(chunk), dueAt - now);
  };
  from.on('data', (chunk: Buffer) => pass(chunk));
  from.on('end', () => pass(undefined));
  return { resume: () => void from.resume() };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1' }, resolve);
  });
}
