import { randomUUID } from 'node:crypto';
import type { Shape } from './answers.ts';
import { RefusedError, SilentServiceError } from './errors.ts';
import type { Operator } from './operator.ts';
import { problemOf } from './problem.ts';
import { operationsToken } from './token.ts';

type Query = Readonly<Record<string, string | number | undefined>>;

/** The operations API of one service. Paths begin below `/ops/v1`. */
export interface OperationsClient {
  readonly service: string;
  /** @throws RefusedError, SilentServiceError */
  get<T>(path: string, shape: Shape<T>, query?: Query): Promise<T>;
  /**
   * Has the service do something, once: a request whose answer got lost is sent again under the same key.
   * @throws RefusedError, SilentServiceError
   */
  post<T>(path: string, body: unknown, shape: Shape<T>): Promise<T>;
  /** The lines of a long answer, as they come, without their ends. @throws RefusedError, SilentServiceError */
  lines(path: string): AsyncIterable<string>;
}

export interface ClientOptions {
  readonly service: string;
  /** Base URL, without a slash at its end. */
  readonly url: string;
  readonly secret: string;
  readonly operator: Operator;
  readonly fetch?: typeof fetch;
  readonly now?: () => Date;
}

interface Sent {
  readonly method?: 'POST';
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const timeoutMs = 30_000;
const exportTimeoutMs = 15 * 60_000;
const sendings = 2;

export function operationsClient(options: ClientOptions): OperationsClient {
  const { service, url, secret, operator, now = () => new Date() } = options;
  const request = options.fetch ?? fetch;

  async function send(path: string, init: Sent, withinMs = timeoutMs): Promise<Response> {
    const token = await operationsToken(secret, { operator, service, id: randomUUID(), now: now() });
    const response = await heard(async () =>
      request(`${url}/ops/v1${path}`, {
        ...init,
        headers: { ...init.headers, authorization: `Bearer ${token}` },
        // A token is for this service alone, wherever that may point.
        redirect: 'error',
        signal: AbortSignal.timeout(withinMs),
      }),
    );
    if (response.ok) return response;
    throw new RefusedError(service, problemOf(response.status, await heard(async () => response.text())));
  }

  async function heard<T>(step: () => Promise<T>): Promise<T> {
    try {
      return await step();
    } catch (error) {
      throw new SilentServiceError(service, `${service} does not answer at ${url}: ${reasonOf(error)}.`, {
        cause: error,
      });
    }
  }

  async function said(path: string, init: Sent): Promise<string> {
    const response = await send(path, init);
    return heard(async () => response.text());
  }

  /** What bears an Idempotency-Key may be sent again. */
  async function saidAtLast(path: string, init: Sent): Promise<string> {
    for (let sending = 1; ; sending += 1) {
      try {
        return await said(path, init);
      } catch (error) {
        if (!(error instanceof SilentServiceError) || sending === sendings) throw error;
      }
    }
  }

  function understood<T>(text: string, shape: Shape<T>): T {
    try {
      return shape.parse(JSON.parse(text));
    } catch (error) {
      throw new SilentServiceError(
        service,
        `${service} answered in a form that this command does not know (${differenceOf(error)}). Are both of the same version?`,
        { cause: error },
      );
    }
  }

  return {
    service,
    async get(path, shape, query = {}) {
      return understood(await said(`${path}${queryText(query)}`, {}), shape);
    },
    async post(path, body, shape) {
      const init: Sent = {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
        body: JSON.stringify(body),
      };
      return understood(await saidAtLast(path, init), shape);
    },
    async *lines(path) {
      const { body } = await send(path, { headers: { accept: 'application/x-ndjson' } }, exportTimeoutMs);
      if (body === null) return;
      const reader = body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = '';
      for (;;) {
        const chunk = await heard(async () => reader.read());
        if (chunk.done) break;
        const parts = `${rest}${chunk.value}`.split('\n');
        rest = parts.pop() ?? '';
        yield* parts.filter((line) => line !== '');
      }
      if (rest !== '') yield rest;
    },
  };
}

/** `?consumer=a&limit=5`; what is undefined is left out. */
export function queryText(query: Query): string {
  const given = Object.entries(query).flatMap(([name, value]): [string, string][] =>
    value === undefined ? [] : [[name, String(value)]],
  );
  return given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`;
}

/** Where an answer is not as it should be; its values are not repeated. */
function differenceOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is not JSON';
  const issues: unknown = error instanceof Error && 'issues' in error ? error.issues : undefined;
  const [first] = Array.isArray(issues) ? (issues as readonly { path: readonly PropertyKey[]; message: string }[]) : [];
  if (first === undefined) return error instanceof Error ? error.message : 'it is something else';
  return [first.path.map(String).join('.'), first.message].filter((part) => part !== '').join(': ');
}

/** Node's `fetch` says only that it failed; its cause says why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'it could not be reached';
  if (error.name === 'TimeoutError') return 'it took too long';
  const { cause } = error;
  const code = typeof cause === 'object' && cause !== null && 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string') return code;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}
