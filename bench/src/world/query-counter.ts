import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to PostgreSQL that counts what is asked on it. */
export interface QueryCounter extends AsyncDisposable {
  /** The database's URL by this way. */
  readonly url: string;
  /** Queries so far: simple ones, and executions of prepared ones. */
  readonly queries: number;
}

/** Counts the queries in a client's byte stream (PostgreSQL's manual, "Frontend/Backend Protocol", "Message Formats"). */
export class FrontendMessages {
  #rest: Buffer = Buffer.alloc(0);
  #started = false;

  /** How many queries end in this chunk. */
  count(chunk: Buffer): number {
    this.#rest = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let queries = 0;
    for (;;) {
      // The first message of a connection has no type.
      const typeBytes = this.#started ? 1 : 0;
      if (this.#rest.length < typeBytes + 4) return queries;
      const length = typeBytes + this.#rest.readInt32BE(typeBytes);
      if (this.#rest.length < length) return queries;
      const type = this.#started ? String.fromCharCode(this.#rest[0] ?? 0) : '';
      if (type === 'Q' || type === 'E') queries += 1;
      this.#rest = this.#rest.subarray(length);
      this.#started = true;
    }
  }
}

export async function startQueryCounter(databaseUrl: string): Promise<QueryCounter> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let queries = 0;
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    const messages = new FrontendMessages();
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on('data', (chunk) => {
      queries += messages.count(chunk);
      upstream.write(chunk);
    });
    upstream.on('data', (chunk) => client.write(chunk));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const url = new URL(databaseUrl);
  url.hostname = '127.0.0.1';
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    get queries() {
      return queries;
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
