import { describe, expect, test } from 'vitest';
import { providerVerdict } from '../../src/domain/provider-answer.ts';

const now = new Date('2026-01-01T00:00:00Z');

describe("the provider's answer", () => {
  test.each([200, 201])('%i is an answer', (status) => {
    expect(providerVerdict(status, null, now)).toEqual({ kind: 'done' });
  });

  test.each([408, 409, 425, 429, 500, 502, 503, 504])('%i is worth another try', (status) => {
    expect(providerVerdict(status, null, now)).toEqual({ kind: 'later', afterMs: undefined });
  });

  test.each([400, 401, 403, 404, 422])('%i is worth no other try', (status) => {
    expect(providerVerdict(status, null, now)).toEqual({ kind: 'never' });
  });

  test('Retry-After may be seconds or a date', () => {
    expect(providerVerdict(429, '2', now)).toEqual({ kind: 'later', afterMs: 2_000 });
    expect(providerVerdict(503, 'Thu, 01 Jan 2026 00:00:05 GMT', now)).toEqual({ kind: 'later', afterMs: 5_000 });
  });

  test('a Retry-After of the past or of no sense holds nobody up', () => {
    expect(providerVerdict(503, 'Wed, 31 Dec 2025 00:00:00 GMT', now)).toEqual({ kind: 'later', afterMs: 0 });
    expect(providerVerdict(503, 'soon', now)).toEqual({ kind: 'later', afterMs: undefined });
  });
});
