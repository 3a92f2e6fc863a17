import { RetryableError, TerminalError, type EntityKey, type ProducerSource } from '@waybill/messaging';
import { correlationId } from '@waybill/telemetry';
import type { CircuitBreakerPolicy } from 'cockatiel';
import { BrokenCircuitError, circuitBreaker, ConsecutiveBreaker, ExponentialBackoff, handleAll } from 'cockatiel';
import type { z } from 'zod';
import { eventsJson, ofJson, recordJson, versionsPerRequest } from './fetched-record.ts';

export interface ProducerSourceOptions {
  /** From context to base URL: `{ orders: 'http://127.0.0.1:4001' }`. */
  readonly urls: Readonly<Record<string, string>>;
  /** The shared secret that producers ask for. */
  readonly token: string;
  /** Milliseconds for one request; 5,000 when left out. */
  readonly timeoutMs?: number;
  /** Bytes of one response; 16 MiB when left out. */
  readonly maxBytes?: number;
  readonly fetch?: typeof fetch;
}

/** Failures in a row after which a producer is left alone, and for how long, in milliseconds. */
const failuresInARow = 5;
const restMs = { initialDelay: 1_000, maxDelay: 30_000 };

/**
 * Asks producers over HTTP for snapshots and missing events. A producer that does not answer is left alone for a while
 * (a circuit breaker for each). What it throws is for the consumer's retries: retryable when the producer may answer
 * later, terminal when `PRODUCER_URLS` does not name it.
 */
export function httpProducerSource(options: ProducerSourceOptions): ProducerSource {
  const { urls, token, timeoutMs = 5_000, maxBytes = 16 * 1024 * 1024 } = options;
  const request = options.fetch ?? fetch;
  const breakers = new Map<string, CircuitBreakerPolicy>();

  function breakerOf(context: string): CircuitBreakerPolicy {
    const known = breakers.get(context);
    if (known !== undefined) return known;
    const made = circuitBreaker(handleAll, {
      breaker: new ConsecutiveBreaker(failuresInARow),
      halfOpenAfter: new ExponentialBackoff(restMs),
    });
    breakers.set(context, made);
    return made;
  }

  async function ask<TSchema extends z.ZodType>(
    schema: TSchema,
    kind: 'snapshots' | 'events',
    entity: EntityKey,
    query: Readonly<Record<string, string>>,
    signal: AbortSignal,
  ): Promise<z.output<TSchema> | undefined> {
    const context = entity.aggregateType.split('.', 1)[0] ?? '';
    const base = urls[context];
    if (base === undefined) throw unknownProducer(context);
    const path = `${encodeURIComponent(entity.aggregateType)}/${encodeURIComponent(entity.aggregateId)}`;
    const url = `${base}/waybill/v1/${kind}/${path}?${new URLSearchParams({ tenant: entity.tenant, ...query }).toString()}`;
    try {
      return await breakerOf(context).execute(async () => {
        const id = correlationId();
        const response = await request(url, {
          headers: { authorization: `Bearer ${token}`, ...(id === undefined ? {} : { 'x-correlation-id': id }) },
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
          redirect: 'error',
        });
        const text = await boundedText(response, maxBytes);
        if (response.status === 404) return undefined;
        if (response.status !== 200) throw new Error(`status ${response.status}`);
        return schema.parse(JSON.parse(text));
      });
    } catch (error) {
      signal.throwIfAborted();
      throw unreachable(context, kind, error);
    }
  }

  return {
    async snapshot(entity, signal) {
      const record = await ask(recordJson, 'snapshots', entity, {}, signal);
      return record === undefined ? undefined : ofJson(record);
    },
    async events(entity, from, to, signal) {
      const found = [];
      for (let first = from; first <= to; first += versionsPerRequest) {
        const last = Math.min(to, first + versionsPerRequest - 1);
        const page = await ask(eventsJson, 'events', entity, { from: String(first), to: String(last) }, signal);
        found.push(...(page?.events ?? []).map(ofJson));
      }
      return found;
    },
  };
}

async function boundedText(response: Response, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return '';
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new Error(`a response of more than ${maxBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function unknownProducer(context: string): TerminalError {
  return new TerminalError(
    `There is no address of the producer "${context}". Add ${context}=http://host:port to PRODUCER_URLS and redrive.`,
    {
      code: 'producer.unknown',
    },
  );
}

function unreachable(context: string, kind: string, error: unknown): RetryableError {
  const why =
    error instanceof BrokenCircuitError ? 'is left alone after repeated failures' : `failed: ${reasonOf(error)}`;
  return new RetryableError(
    `Asking the producer "${context}" for ${kind} ${why}. It will be asked again; look at its health.`,
    {
      code: 'producer.unreachable',
      cause: error,
    },
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown error';
  if (error.name === 'ZodError' || error instanceof SyntaxError) return 'its answer is not as agreed';
  if (error.name === 'TimeoutError') return 'no answer in time';
  const cause: unknown = error.cause;
  return cause instanceof Error && 'code' in cause ? String(cause.code) : error.message;
}
