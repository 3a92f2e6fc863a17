import type { Decimal } from 'decimal.js';
import type { CaptureAnswer } from '../domain/payment.ts';

export interface ProviderCall {
  readonly orderId: string;
  readonly amount: Decimal;
  readonly currency: string;
  /** Asking again with the same key has one effect at the provider. */
  readonly idempotencyKey: string;
  readonly signal: AbortSignal;
}

/**
 * Who moves the money. Each call throws a `RetryableError` when the provider asks to come back later or does not
 * answer in time, a `PauseError` when there is no provider to talk to, and a `TerminalError` when it will always
 * refuse.
 */
export interface PaymentProvider {
  capture(call: ProviderCall): Promise<CaptureAnswer>;
  refund(call: ProviderCall): Promise<void>;
}
