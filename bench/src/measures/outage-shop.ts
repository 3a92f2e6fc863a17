import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout as delay } from 'node:timers/promises';
import { clockMs } from '../contestants/writer.ts';
import type { ShopCall } from './outage-timeline.ts';

/** What a call takes while the shop works, in milliseconds. */
const ANSWER_MS = 3;

/** The dependency: it does what it is asked, or is down and refuses everything at once. */
export interface Shop extends AsyncDisposable {
  readonly url: string;
  /** All calls since its start, in the order in which they were answered. */
  readonly calls: readonly ShopCall[];
  /** Events that it served at least once. */
  served(): number;
  /** The most calls that were open at the same time since it last recovered. */
  mostAtOnce(): number;
  /** From now on each call is answered 503. */
  breakDown(): void;
  recover(): void;
}

/** Starts it on a port of its own on the loopback. */
export async function startShop(): Promise<Shop> {
  const calls: ShopCall[] = [];
  const servedEvents = new Set<number>();
  let state: 'working' | 'down' = 'working';
  let [open, most] = [0, 0];

  const answer = async (request: IncomingMessage): Promise<number> => {
    const at = clockMs();
    const sequence = Number(await text(request));
    if (state === 'down') {
      calls.push({ at, sequence, answer: 'refused' });
      return 503;
    }
    await delay(ANSWER_MS);
    calls.push({ at, sequence, answer: 'served' });
    servedEvents.add(sequence);
    return 200;
  };

  const server = createServer((request, response) => {
    open += 1;
    most = Math.max(most, open);
    response.once('close', () => (open -= 1));
    answer(request).then(
      (status) => response.writeHead(status).end(),
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/`,
    calls,
    served: () => servedEvents.size,
    mostAtOnce: () => most,
    breakDown() {
      state = 'down';
    },
    recover() {
      state = 'working';
      most = open;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
