import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { isAllowed, type Role, roles } from '@waybill/messaging';
import { jwtVerify } from 'jose';
import { operationsPathOf } from '../../../src/application/operations-paths.ts';

/** A request that a service took, as its operations API would see it. */
export interface TakenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
  readonly actor: string;
  readonly roles: readonly Role[];
}

/** How a stand-in answers beside what every service answers. */
export type Answering = (request: TakenRequest, response: ServerResponse) => boolean;

/** Another process with an operations API: it stands in for a service, and is as strict about tokens. */
export interface Upstream {
  readonly name: string;
  readonly url: string;
  readonly taken: TakenRequest[];
  /** What the console asked by itself, to know what fails. */
  readonly looks: TakenRequest[];
  /** Requests that were refused for their token, and why. */
  readonly refused: string[];
  /** Asked first; what it does not answer is answered as usual. */
  answering: Answering;
  /** Kills it, or brings it back at the same address. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export async function startUpstream(name: string, secret: string): Promise<Upstream> {
  const key = Buffer.from(secret, 'utf8');
  const seen = new Set<string>();
  let port = 0;
  const server = () => createServer((request, response) => void handle(request, response));
  let running = server();

  const upstream = {
    name,
    url: '',
    taken: [] as TakenRequest[],
    looks: [] as TakenRequest[],
    refused: [] as string[],
    answering: (() => false) as Answering,
    async stop() {
      running.closeAllConnections();
      running.close();
      await once(running, 'close');
    },
    async start() {
      running = server();
      running.listen(port, '127.0.0.1');
      await once(running, 'listening');
      port = (running.address() as AddressInfo).port;
    },
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = '', url = '', headers } = request;
    const body = await textOf(request);
    try {
      const { payload } = await jwtVerify(/^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '', key, {
        algorithms: ['HS256'],
        audience: name,
        issuer: 'waybill-console',
        requiredClaims: ['sub', 'jti', 'iat', 'exp'],
      });
      const { sub = '', jti = '', iat = 0, exp = 0 } = payload;
      if (exp - iat > 300) throw new Error('a token for too long');
      if (seen.has(jti)) throw new Error('a token that was used before');
      seen.add(jti);
      const held = roles.filter((role) => Array.isArray(payload['roles']) && payload['roles'].includes(role));
      const taken = { method, url, headers, body, actor: sub, roles: held };
      const isLook = sub === 'waybill-console' && /\/(?:failures|parked)\b/.test(url);
      (isLook ? upstream.looks : upstream.taken).push(taken);
      if (!upstream.answering(taken, response)) usual(name, taken, response);
    } catch (error) {
      upstream.refused.push(String(error));
      sendProblem(response, 401, 'ops.token', 'The token does not hold.');
    }
  }

  await upstream.start();
  return Object.assign(upstream, { url: `http://127.0.0.1:${port}` });
}

export function sendJson(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(body));
}

export function sendProblem(response: ServerResponse, status: number, code: string, detail: string): void {
  response.writeHead(status, { 'content-type': 'application/problem+json', 'retry-after': '7', 'x-internal': 'yes' });
  response.end(JSON.stringify({ type: `urn:waybill:problem:${code}`, title: 'Refused', status, detail }));
}

function usual(name: string, taken: TakenRequest, response: ServerResponse): void {
  const { pathname } = new URL(taken.url, 'http://localhost');
  const segments = pathname.replace('/ops/v1/', '').split('/').map(decodeURIComponent);
  const known = pathname.startsWith('/ops/v1/') ? operationsPathOf(taken.method, segments) : undefined;
  if (known === undefined) {
    sendProblem(response, 404, 'http.not-found', 'Nothing here.');
    return;
  }
  // The service decides for itself; the console must not be the only one who does.
  if (!isAllowed(taken.roles, known.operation)) {
    sendProblem(response, 403, 'ops.not-allowed', 'Not with these roles.');
    return;
  }
  if (taken.method === 'POST') {
    sendJson(response, 200, { result: 'done', audit: 1 });
    return;
  }
  if (known.answer === 'lines') {
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    response.end('{"seq":1}\n{"seq":2}\n');
    return;
  }
  sendJson(response, 200, answers[known.path]?.(name) ?? {});
}

const at = '2026-11-27T00:00:00.000Z';

/** A group of failures as a service answers it. */
export function failureGroup(given: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    ...{
      fingerprint: 'f',
      consumer: 'orders.payments',
      types: ['payments.v2.PaymentCaptured'],
      errorType: 'TypeError',
    },
    ...{ errorCode: 'handler.unknown', message: 'no order', entries: 3, dead: 3, retrying: 0, blockedEntities: 2 },
    ...{ blockedEvents: 4, firstAt: at, lastAt: at, hours: Array<number>(24).fill(0), ...given },
  };
}

const answers: Readonly<Record<string, (name: string) => unknown>> = {
  overview: (service) => ({ service, at: new Date().toISOString(), consumers: [], pauses: [] }),
  failures: (service) => ({ groups: [failureGroup({ fingerprint: `f-${service}` })] }),
  parked: () => ({ entries: [], total: 0 }),
  jobs: (service) => ({ jobs: [{ id: `job-${service}`, createdAt: at }] }),
  approvals: (service) => ({ approvals: [{ id: `approval-${service}`, askedAt: at }] }),
  audit: () => ({
    entries: [
      { seq: 2, at, hash: 'b'.repeat(64) },
      { seq: 1, at, hash: 'a'.repeat(64) },
    ],
  }),
  'audit/verify': () => ({ verdict: 'intact', entries: 2, head: { seq: 2, hash: 'b'.repeat(64) } }),
  trace: () => ({ correlationIds: [], steps: [], cut: false }),
};

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString('utf8');
}
