import type { Queryable } from '@waybill/messaging';
import type { Request, RequestHandler } from 'express';
import type { AnyEndpoint, Prepare, Reply, TransactionalHandler } from './endpoint.ts';
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
    const write = writeOf(runtime, described, request);
    sendReply(response, await write.within(async (tx) => handle(tx, write.input, undefined)));
  };
}

/**
 * The same for a handler that needs what is found out by asking others, which no transaction waits for. A request whose
 * reply is stored already asks nobody.
 */
export function preparedIdempotent<TEndpoint extends AnyEndpoint, TPrepared>(
  runtime: Transactional,
  described: TEndpoint,
  prepare: Prepare<TEndpoint, TPrepared>,
  handle: TransactionalHandler<TEndpoint, TPrepared>,
): RequestHandler {
  return async (request, response) => {
    const write = writeOf(runtime, described, request);
    const stored = await write.stored();
    if (stored !== undefined) return sendReply(response, stored);
    const prepared = await prepare(write.input);
    sendReply(response, await write.within(async (tx) => handle(tx, write.input, prepared)));
  };
}

/** A write that was asked for, under its key where it has one. */
function writeOf<TEndpoint extends AnyEndpoint>(runtime: Transactional, described: TEndpoint, request: Request) {
  const key = requiredKey(described, request);
  const input = checkedInput(described, request);
  const claim =
    key === undefined ? undefined : { scope: `${described.method} ${described.path}`, key, hash: requestHash(request) };
  return {
    input,
    /** The reply that it got before, if it did. */
    async stored(): Promise<Reply | undefined> {
      return claim === undefined ? undefined : runtime.transaction(async (tx) => claimKey(tx, claim));
    },
    /** Does the work in a transaction with its reply, or answers the reply of the one that did. */
    async within(work: (tx: Queryable) => Promise<Reply>): Promise<Reply> {
      return runtime.transaction(async (tx) => {
        if (claim === undefined) return work(tx);
        const stored = await claimKey(tx, claim);
        if (stored !== undefined) return stored;
        const fresh = await work(tx);
        await storeReply(tx, claim, fresh);
        return fresh;
      });
    },
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
