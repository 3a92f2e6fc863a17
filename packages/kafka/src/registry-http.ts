import { fullJitterMs, pauseFor } from './backoff.ts';
import {
  ContractNotRegisteredError,
  IncompatibleSchemaError,
  RegistryRefusedError,
  RegistryUnavailableError,
} from './registry-errors.ts';

export interface RegistryAddress {
  /** The base of the Confluent API: `http://127.0.0.1:8081/apis/ccompat/v7`. */
  readonly url: string;
  readonly auth?: { readonly username: string; readonly password: string };
  /** Milliseconds for which an answer is sought, retries included; 30,000 when left out. */
  readonly patienceMs?: number;
}

export interface RegistryAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
  /** What the registry said, for people. */
  readonly message: string;
}

const callTimeoutMs = 5_000;
const finalAnswers = [RegistryRefusedError, ContractNotRegisteredError, IncompatibleSchemaError];
const answersThatStand = new Set([400, 401, 403, 404, 405, 409, 413, 415, 422]);

/** One call, without retries. Any HTTP status is an answer. @throws {Error} when there was none. */
export async function callRegistry(
  address: RegistryAddress,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: object,
): Promise<RegistryAnswer> {
  const response = await fetch(`${address.url.replace(/\/+$/, '')}${path}`, {
    method,
    headers: {
      accept: 'application/vnd.schemaregistry.v1+json, application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/vnd.schemaregistry.v1+json' }),
      ...authorization(address),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(callTimeoutMs),
  });
  const text = await response.text();
  const parsed = asObject(text);
  const said = parsed['message'];
  return { status: response.status, body: parsed, message: typeof said === 'string' ? said : text.slice(0, 500) };
}

/**
 * Asks until there is an answer that stands, with full-jitter backoff, for a bounded time.
 * @param passing - A status that usually stands, and says here that the same may succeed next time.
 * @throws {RegistryUnavailableError} when the time was up.
 */
export async function askRegistry(
  address: RegistryAddress,
  what: string,
  method: 'GET' | 'PUT' | 'POST',
  path: string,
  body?: object,
  passing?: number,
): Promise<RegistryAnswer> {
  return persist(address, what, async () => {
    const answer = await callRegistry(address, method, path, body);
    const { status } = answer;
    if (status < 300 || (answersThatStand.has(status) && status !== passing)) return answer;
    throw new Error(`${status} ${answer.message}`);
  });
}

/** Repeats work that may fail by the registry's absence. An answer that stands is not repeated. */
export async function persist<T>(address: RegistryAddress, what: string, work: () => Promise<T>): Promise<T> {
  const patienceMs = address.patienceMs ?? 30_000;
  const deadline = Date.now() + patienceMs;
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (finalAnswers.some((type) => error instanceof type)) throw error;
      const waitMs = fullJitterMs(attempt, { baseMs: 200, capMs: 3_000, floorMs: 100 });
      if (Date.now() + waitMs > deadline) throw new RegistryUnavailableError(what, patienceMs, reasonOf(error));
      await pauseFor(waitMs, new AbortController().signal);
    }
  }
}

/** `fetch failed` says nothing; its cause does. */
function reasonOf(error: unknown): unknown {
  return error instanceof TypeError && error.cause instanceof Error ? error.cause : error;
}

function authorization({ auth }: RegistryAddress): Record<string, string> {
  if (auth === undefined) return {};
  return { authorization: `Basic ${Buffer.from(`${auth.username}:${auth.password}`).toString('base64')}` };
}

function asObject(text: string): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(text);
    return typeof parsed === 'object' && parsed !== null ? { ...parsed } : {};
  } catch {
    return {};
  }
}
