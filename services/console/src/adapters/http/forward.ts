import { pipeline } from 'node:stream/promises';
import { Readable } from 'node:stream';
import { ProblemError, problem } from '@waybill/service';
import type { Request, Response as Answer } from 'express';
import { operationsPathOf, methodsOf, type OperationsPath } from '../../application/operations-paths.ts';
import { boundedBody } from '../bounded-body.ts';
import type { ServiceClient } from '../service-client.ts';
import { maxAnswerBytes } from '../service-gateway.ts';
import { problemOfAnswer, problemOfFailure, problemOfRefusedToken } from '../service-problems.ts';
import { loggedInOf, requireAllowed } from './access.ts';
import { thrown, unknownService } from './service-refusals.ts';

/** Milliseconds for a whole answer; of JSON lines, until they begin. */
const timeoutMs = 10_000;
/** Milliseconds that JSON lines may pause. */
const idleMs = 30_000;

const answerTypes = /^application\/(?:json|problem\+json)\b/i;
const lineType = /^application\/x-ndjson\b/i;
/** What a service says about its answer that the browser is told. */
const passedHeaders = ['content-type', 'retry-after', 'content-disposition'];

/** Passes a request of the browser on to a service, in the name of the person who is logged in. */
export async function forward(client: ServiceClient, request: Request, response: Answer): Promise<void> {
  const { service, segments } = addressOf(request);
  if (!client.names.includes(service)) throw unknownService(client.names);
  const path = knownPath(request.method, segments);
  requireAllowed(request, path.operation);
  const body = path.method === 'POST' ? bodyOf(request) : undefined;

  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(new DOMException('no answer', 'TimeoutError')), timeoutMs);
  response.once('close', () => patience.abort());
  try {
    const answer = await client.send({
      service,
      asker: loggedInOf(request).person,
      method: path.method,
      segments,
      query: path.method === 'GET' ? queryOf(request) : new URLSearchParams(),
      body,
      idempotencyKey: request.get('idempotency-key'),
      signal: patience.signal,
    });
    await passOn(service, path, answer, response, timer, patience);
  } catch (error) {
    // Whoever asked has gone, or has part of the answer: its connection is cut, so that nobody takes it for whole.
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    if (error instanceof ProblemError) throw error;
    const others = client.names.filter((name) => name !== service);
    throw thrown(problemOfFailure(service, others, error));
  } finally {
    clearTimeout(timer);
  }
}

async function passOn(
  service: string,
  path: OperationsPath,
  answer: Response,
  response: Answer,
  timer: NodeJS.Timeout,
  patience: AbortController,
): Promise<void> {
  // To the browser 401 means that its own session has ended.
  if (answer.status === 401) throw thrown(problemOfRefusedToken(service));
  const type = answer.headers.get('content-type') ?? '';
  const streamed = path.answer === 'lines' && answer.ok && lineType.test(type);
  if (!streamed && !answerTypes.test(type)) throw thrown(problemOfAnswer(service, answer.status));

  response.status(answer.status);
  const copyHeaders = () => {
    for (const name of passedHeaders) {
      const value = answer.headers.get(name);
      if (value !== null) response.setHeader(name, value);
    }
  };
  if (!streamed || answer.body === null) {
    const whole = await boundedBody(answer, maxAnswerBytes);
    copyHeaders();
    response.end(whole);
    return;
  }
  copyHeaders();
  // From here on time is counted from one piece to the next.
  clearTimeout(timer);
  const idle = setTimeout(() => patience.abort(new DOMException('no more lines', 'TimeoutError')), idleMs);
  try {
    await pipeline(Readable.fromWeb(answer.body), refreshing(idle), response);
  } finally {
    clearTimeout(idle);
  }
}

function refreshing(idle: NodeJS.Timeout) {
  return async function* (pieces: AsyncIterable<unknown>) {
    for await (const piece of pieces) {
      idle.refresh();
      yield piece;
    }
  };
}

/** The service and the decoded segments of `/api/ops/:service/*path`. */
function addressOf(request: Request): { readonly service: string; readonly segments: readonly string[] } {
  const { service, path } = request.params;
  return {
    service: typeof service === 'string' ? service : '',
    segments: Array.isArray(path) ? path : [],
  };
}

function knownPath(method: string, segments: readonly string[]): OperationsPath {
  const path = operationsPathOf(method, segments);
  if (path !== undefined) return path;
  const allowed = methodsOf(segments);
  if (allowed.length === 0) {
    throw problem(404, { code: 'console.unknown-path', detail: 'There is nothing at this path of a service.' });
  }
  throw problem(405, {
    code: 'http.method-not-allowed',
    detail: `Only ${allowed.join(', ')} can be asked of this path.`,
    headers: { Allow: allowed.join(', ') },
  });
}

function bodyOf(request: Request): string {
  const body: unknown = request.body;
  if (body !== undefined) return JSON.stringify(body);
  throw problem(415, { code: 'http.unsupported-media-type', detail: 'Send the body as application/json.' });
}

function queryOf(request: Request): URLSearchParams {
  const at = request.originalUrl.indexOf('?');
  return new URLSearchParams(at < 0 ? '' : request.originalUrl.slice(at + 1));
}
