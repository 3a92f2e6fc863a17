import type { Asker } from '../application/services.ts';
import type { OperationsToken } from './operations-token.ts';

/** One request to the operations API of a service. */
export interface ServiceRequest {
  readonly service: string;
  readonly asker: Asker;
  readonly method: 'GET' | 'POST';
  /** Below `/ops/v1/`; each segment is encoded by this client. */
  readonly segments: readonly string[];
  readonly query: URLSearchParams;
  /** JSON text; none for GET. */
  readonly body?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly signal: AbortSignal;
}

/** Sends requests to the services' operations APIs, each under a token of its own. */
export interface ServiceClient {
  readonly names: readonly string[];
  /** @throws when the service does not answer before the signal aborts. */
  send(request: ServiceRequest): Promise<Response>;
}

export interface ServiceClientOptions {
  /** From name to base URL: `{ orders: 'http://127.0.0.1:4001' }`. */
  readonly urls: Readonly<Record<string, string>>;
  readonly token: OperationsToken;
}

export function serviceClient({ urls, token }: ServiceClientOptions): ServiceClient {
  const bases = new Map(Object.entries(urls));
  return {
    names: [...bases.keys()],
    async send({ service, asker, method, segments, query, body, idempotencyKey, signal }) {
      const base = bases.get(service);
      if (base === undefined) throw new Error(`${service} is none of OPS_SERVICES.`);
      const parameters = query.size === 0 ? '' : `?${query.toString()}`;
      return fetch(`${base}/ops/v1/${segments.map(encodeURIComponent).join('/')}${parameters}`, {
        method,
        // Nothing of what the browser sent but this: neither its cookie nor any other header.
        headers: {
          accept: 'application/json, application/problem+json, application/x-ndjson',
          'accept-encoding': 'identity',
          authorization: `Bearer ${await token(service, asker)}`,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body }),
        // A service never sends anybody elsewhere; the token must not follow.
        redirect: 'manual',
        signal,
      });
    },
  };
}
