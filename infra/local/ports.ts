import { createServer } from 'node:net';
import { claimPort } from './port-claims.ts';

/** The first of the candidates that is free; an arbitrary free one when none of them is. */
export async function choosePort(
  candidates: Iterable<number>,
  isFree: (port: number) => Promise<boolean> = portIsFree,
  arbitrary: () => Promise<number> = arbitraryPort,
): Promise<number> {
  for (const port of candidates) {
    if (await isFree(port)) return port;
  }
  return arbitrary();
}

/** What to try for a component: what it had last time, its default, and then the next ones in steps of ten. */
export function* portCandidates(preferred: number, last: number | undefined): Generator<number> {
  if (last !== undefined) yield last;
  // Steps leave room for the component's neighbours; all stay below the range of outgoing connections.
  for (let step = 0; step < 20; step += 1) yield preferred + step * 10;
}

/** Whether nothing listens on that port of the loopback address, and nobody else is about to. */
export async function portIsFree(port: number): Promise<boolean> {
  try {
    await listenOnce(port);
    return claimPort(port);
  } catch {
    return false;
  }
}

/** One that nothing listens on, from the range of outgoing connections. */
export function arbitraryPort(): Promise<number> {
  return listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : port));
    });
  });
}
