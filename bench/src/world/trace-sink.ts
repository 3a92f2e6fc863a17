import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A receiver of spans that throws them away: a collector lives on another machine. */
export interface TraceSink extends AsyncDisposable {
  readonly endpoint: string;
  /** Requests so far. */
  readonly requests: number;
}

export async function startTraceSink(): Promise<TraceSink> {
  let requests = 0;
  const server = createServer((request, response) => {
    requests += 1;
    request.resume();
    request.once('end', () => response.writeHead(200, { 'content-type': 'application/json' }).end('{}'));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const { port } = server.address() as AddressInfo;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    get requests() {
      return requests;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
