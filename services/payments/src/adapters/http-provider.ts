import { PauseError, RetryableError, TerminalError } from '@waybill/messaging';
import { TaskCancelledError, timeout, TimeoutStrategy } from 'cockatiel';
import { z } from 'zod';
import type { PaymentProvider, ProviderCall } from '../application/provider.ts';
import { providerVerdict } from '../domain/provider-answer.ts';

/** Milliseconds before a provider that was not there is looked for again. */
const probeAfterMs = 1_000;

const captureAnswer = z.discriminatedUnion('status', [
  z.object({ status: z.literal('captured'), reference: z.string() }),
  z.object({ status: z.literal('declined'), reason: z.string() }),
]);
const refundAnswer = z.object({ status: z.literal('refunded') });

/**
 * The provider over HTTP, at `baseUrl`, with `answerWithinMs` milliseconds for each call. It makes each call once: trying again is Waybill's, so that it survives this
 * process.
 */
export function httpProvider(baseUrl: string, now: () => Date, answerWithinMs = 5_000): PaymentProvider {
  const limited = timeout(answerWithinMs, TimeoutStrategy.Aggressive);

  async function ask(path: string, call: ProviderCall): Promise<unknown> {
    const { status, retryAfter, body } = await limited
      .execute(({ signal }) => post(new URL(path, baseUrl), call, signal), call.signal)
      .catch((error: unknown) => {
        throw unanswered(error);
      });
    const verdict = providerVerdict(status, retryAfter, now());
    switch (verdict.kind) {
      case 'done':
        return body;
      case 'later':
        throw new RetryableError(`The payment provider answered ${status} to ${path}.`, {
          code: 'payments.provider-busy',
          ...(verdict.afterMs === undefined ? {} : { retryAfterMs: verdict.afterMs }),
        });
      case 'never':
        throw new TerminalError(
          `The payment provider refused ${path} with ${status}. Compare the request with its description.`,
          { code: 'payments.provider-refused' },
        );
    }
  }

  return {
    async capture(call) {
      const answer = understood(captureAnswer, await ask('/captures', call));
      return answer.status === 'captured'
        ? { kind: 'captured', reference: answer.reference }
        : { kind: 'declined', reason: answer.reason };
    },
    async refund(call) {
      understood(refundAnswer, await ask('/refunds', call));
    },
  };
}

async function post(url: URL, call: ProviderCall, signal: AbortSignal) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': call.idempotencyKey },
    body: JSON.stringify({ orderId: call.orderId, amount: call.amount.toFixed(2), currency: call.currency }),
    signal,
  });
  const body: unknown = response.ok ? await response.json() : await response.body?.cancel();
  return { status: response.status, retryAfter: response.headers.get('retry-after'), body };
}

const unreachable = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH']);

/** The key makes asking again harmless, so it does not matter whether a lost call had its effect. */
function unanswered(error: unknown): Error {
  if (error instanceof TaskCancelledError) {
    return new RetryableError('The payment provider did not answer in time.', {
      code: 'payments.provider-slow',
      cause: error,
    });
  }
  if (codesOf(error).some((code) => unreachable.has(code))) {
    return new PauseError(
      'payment-provider',
      'The payment provider cannot be reached. Start it, or set PROVIDER_URL.',
      {
        cause: error,
        probeAfterMs,
      },
    );
  }
  return new RetryableError('The connection to the payment provider was lost.', {
    code: 'payments.provider-lost',
    cause: error,
  });
}

/** The codes of an error and of what caused it; a name with several addresses fails once for each. */
function codesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const own = 'code' in error && typeof error.code === 'string' ? [error.code] : [];
  const several = error instanceof AggregateError ? error.errors.flatMap(codesOf) : [];
  return [...own, ...several, ...codesOf(error.cause)];
}

function understood<T>(schema: z.ZodType<T>, answer: unknown): T {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw new TerminalError('The payment provider gave an answer that cannot be read. Compare it with its description.', {
    code: 'payments.provider-answer',
    cause: parsed.error,
  });
}
