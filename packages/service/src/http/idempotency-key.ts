import { createHash } from 'node:crypto';
import type { Queryable } from '@waybill/messaging';
import type { Request } from 'express';
import type { Reply } from './endpoint.ts';
import { problem } from './problem.ts';

/** 1 to 128 visible ASCII characters. */
const wellFormed = /^[\x21-\x7e]{1,128}$/;

/** How long a key is remembered. */
export const keyLifetimeHours = 24;

/** A claim on one key: which endpoint it belongs to, and the request that came with it. */
export interface KeyClaim {
  readonly scope: string;
  readonly key: string;
  /** SHA-256 of the method, path and body. */
  readonly hash: Buffer;
}

/** The key of a request, if it has one. @throws {ProblemError} 400 when it is not well formed. */
export function keyOf(request: Request): string | undefined {
  const key = request.get('idempotency-key');
  if (key === undefined || wellFormed.test(key)) return key;
  throw problem(400, {
    code: 'http.idempotency-key-malformed',
    detail: 'Idempotency-Key must be 1 to 128 visible ASCII characters. Use a UUID.',
  });
}

/** The hash by which a repeated request is told from another one under the same key; the order of members does not count. */
export function requestHash(request: Request): Buffer {
  const body: unknown = request.body;
  return createHash('sha256')
    .update(`${request.method} ${request.originalUrl}\n${canonical(body)}`)
    .digest();
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? '';
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member)}`).join(',')}}`;
}

/**
 * Takes the key for this transaction and answers the stored reply, if there is one. The lock is an advisory one, so
 * that a second request is told at once and does not wait.
 * @throws {ProblemError} 409 while another request with this key is being handled, 422 when it came with another request.
 */
export async function claimKey(tx: Queryable, claim: KeyClaim): Promise<Reply | undefined> {
  const { rows: locks } = await tx.query('SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS taken', [
    `idempotency ${claim.scope} ${claim.key}`,
  ]);
  if (locks[0]?.['taken'] !== true) {
    throw problem(409, {
      code: 'http.idempotency-key-in-use',
      detail: 'A request with this Idempotency-Key is being handled. Try again for its response.',
      headers: { 'Retry-After': '1' },
    });
  }
  const { rows } = await tx.query(
    `SELECT request_hash = $3 AS same, status, headers, body FROM public.idempotency_key
      WHERE scope = $1 AND key = $2 AND expires_at > now()`,
    [claim.scope, claim.key, claim.hash],
  );
  const stored = rows[0];
  if (stored === undefined) return undefined;
  if (stored['same'] !== true) {
    throw problem(422, {
      code: 'http.idempotency-key-reused',
      detail: 'This Idempotency-Key came with another request before. Use a new key for a new request.',
    });
  }
  return {
    status: Number(stored['status']),
    headers: { ...(stored['headers'] as Record<string, string>), 'Idempotency-Replayed': 'true' },
    body: typeof stored['body'] === 'string' ? (JSON.parse(stored['body']) as unknown) : undefined,
  };
}

/** Keeps the reply under its key, in the transaction of the write that it tells of. */
export async function storeReply(tx: Queryable, claim: KeyClaim, reply: Reply): Promise<void> {
  await tx.query(
    `INSERT INTO public.idempotency_key (scope, key, request_hash, status, headers, body, expires_at)
     VALUES ($1, $2, $3, $4, $5, $6, now() + make_interval(hours => $7))
     ON CONFLICT (scope, key) DO UPDATE SET request_hash = EXCLUDED.request_hash, status = EXCLUDED.status,
       headers = EXCLUDED.headers, body = EXCLUDED.body, created_at = now(), expires_at = EXCLUDED.expires_at`,
    [
      claim.scope,
      claim.key,
      claim.hash,
      reply.status,
      JSON.stringify(reply.headers ?? {}),
      reply.body === undefined ? null : JSON.stringify(reply.body),
      keyLifetimeHours,
    ],
  );
}

/** Deletes keys whose time is over, a thousand at a time, and answers how many. */
export async function deleteExpiredKeys(db: Queryable, signal: AbortSignal): Promise<number> {
  let deleted = 0;
  while (!signal.aborted) {
    const { rowCount } = await db.query(
      `DELETE FROM public.idempotency_key WHERE (scope, key) IN (
         SELECT scope, key FROM public.idempotency_key WHERE expires_at <= now() ORDER BY expires_at LIMIT 1000)`,
    );
    deleted += rowCount ?? 0;
    if ((rowCount ?? 0) < 1000) break;
  }
  return deleted;
}
