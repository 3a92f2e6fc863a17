import type { Queryable } from '@waybill/messaging';
import type { Request, RequestHandler } from 'express';
import type { AnyEndpoint, TransactionalHandler } from './endpoint.ts';
import { claimKey, keyOf, requestHash, storeReply } from './idempotency-key.ts';
import { problem } from './problem.ts';
import { checkedInput, sendReply } from './validated.ts';

/** What {@link idempotent} needs of the runtime. */
export interface Transactional {
  transaction<T>(fn: (tx: Queryable) => Promise<T>): Promise<T>;
}

/**
 * Handles a write in one transaction that holds the business rows, the events published with `tx`, and, when the
 * caller sent an `Idempotency-Key`, the response: a crash leaves all of them or none. The same request under the same
 * key gets the same response and has no second effect; a handler that throws stores nothing, so that it may be tried
 * again.
 */
export function idempotent<TEndpoint extends AnyEndpoint>(
  runtime: Transactional,
  described: TEndpoint,
  handle: TransactionalHandler<TEndpoint>,
): RequestHandler {
  return async (request, response) => {
    const key = requiredKey(described, request);
    const input = checkedInput(described, request);
    const reply = await runtime.transaction(async (tx) => {
      if (key === undefined) return handle(tx, input);
      const claim = { scope: `${described.method} ${described.path}`, key, hash: requestHash(request) };
      const stored = await claimKey(tx, claim);
      if (stored !== undefined) return stored;
      const fresh = await handle(tx, input);
      await storeReply(tx, claim, fresh);
      return fresh;
    });
    sendReply(response, reply);
  };
}

function requiredKey(described: AnyEndpoint, request: Request): string | undefined {
  const key = keyOf(request);
  if (key !== undefined || described.idempotencyKey !== 'required') return key;
  throw problem(400, {
    code: 'http.idempotency-key-missing',
    detail: 'This request needs an Idempotency-Key. Send a UUID, and the same one when you try again.',
  });
}
