import type { RequestListener, Server } from 'node:http';
import { createServer } from 'node:http';
import { maxConnections, serverLimits } from './limits.ts';

/** A listening HTTP server that can be drained. */
export interface HttpServer {
  /** `http://127.0.0.1:4001`; with port 0 the one that the system chose. */
  readonly url: string;
  /** Stops accepting, lets requests under way finish, and closes idle connections. */
  drain(): Promise<void>;
  /** Cuts what is still open. */
  cut(): void;
}

/** @throws {Error} when the port is taken; the message says which, and what to do. */
export async function listen(handler: RequestListener, host: string, port: number): Promise<HttpServer> {
  const server = createServer(serverLimits, handler);
  server.maxConnections = maxConnections;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? portTaken(host, port, error) : error);
    });
    server.listen(port, host, resolve);
  });
  return { url: urlOf(server, host), drain: () => drain(server), cut: () => server.closeAllConnections() };
}

function portTaken(host: string, port: number, cause: Error): Error {
  return new Error(`${host}:${port} is in use by another process. Stop it, or set HTTP_PORT to a free port.`, {
    cause,
  });
}

function urlOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

async function drain(server: Server): Promise<void> {
  // A kept-alive connection turns idle only after its last response, and node does not look again by itself.
  const sweep = setInterval(() => server.closeIdleConnections(), 50);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections();
  });
  clearInterval(sweep);
}
