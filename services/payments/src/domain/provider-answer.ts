/**
 * What an HTTP answer of the provider means for who asked.
 * - `done`: the body holds the answer.
 * - `later`: nothing happened; asking again with the same key may work, `afterMs` milliseconds from now at the earliest.
 * - `never`: it understood, and will say no each time.
 */
export type ProviderVerdict =
  | { readonly kind: 'done' }
  | { readonly kind: 'later'; readonly afterMs: number | undefined }
  | { readonly kind: 'never' };

/** Reads an answer's status and its `Retry-After` header (seconds, or a date; RFC 9110 section 10.2.3). */
export function providerVerdict(status: number, retryAfter: string | null, now: Date): ProviderVerdict {
  if (status >= 200 && status < 300) return { kind: 'done' };
  if (status === 408 || status === 409 || status === 425 || status === 429 || status >= 500) {
    return { kind: 'later', afterMs: retryAfterMs(retryAfter, now) };
  }
  return { kind: 'never' };
}

function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\d{1,6}$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now.getTime());
}
