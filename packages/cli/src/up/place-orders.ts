import { appendFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import type { AcceptedOrder } from '@waybill/checker';
import { orderRequest } from './order-request.ts';
import type { Purchase } from './purchases.ts';

export interface PlaceOrdersOptions {
  /** Instances of the orders service: each attempt asks the next one. */
  readonly ordersUrls: readonly [string, ...string[]];
  readonly purchases: readonly Purchase[];
  /** Makes the keys of this run differ from those of an earlier one. */
  readonly runId: string;
  /** Requests under way at the same time. */
  readonly concurrency: number;
  /** Each accepted order is appended to it as a line of JSON, as it was answered. */
  readonly answersFile: string;
  readonly signal: AbortSignal;
  readonly onAccepted: (order: AcceptedOrder) => void;
}

/** An order was refused, or the service stayed away. */
export class PlacingError extends Error {
  readonly code = 'up.placing';
}

/** Milliseconds that one order is tried for. */
const patienceMs = 60_000;

/**
 * Places every purchase as an order over HTTP. A connection that fails, and an answer that says "later", are tried
 * again with the same idempotency key, so that a purchase becomes one order whatever happens in between.
 * @throws {PlacingError} when an order is refused, or none is accepted for a minute.
 */
export async function placeOrders(options: PlaceOrdersOptions): Promise<readonly AcceptedOrder[]> {
  const waiting = [...options.purchases];
  const accepted: AcceptedOrder[] = [];
  const worker = async () => {
    for (let purchase = waiting.shift(); purchase !== undefined; purchase = waiting.shift()) {
      const order = { orderId: await placeOrder(purchase, options), line: purchase.line };
      await appendFile(options.answersFile, `${JSON.stringify(order)}\n`);
      accepted.push(order);
      options.onAccepted(order);
    }
  };
  await Promise.all(Array.from({ length: options.concurrency }, worker));
  return accepted;
}

async function placeOrder(purchase: Purchase, options: PlaceOrdersOptions): Promise<string> {
  const deadline = performance.now() + patienceMs;
  let last = 'no answer';
  for (let attempt = 0; performance.now() < deadline; attempt += 1) {
    options.signal.throwIfAborted();
    const url = options.ordersUrls[(purchase.line + attempt) % options.ordersUrls.length] ?? options.ordersUrls[0];
    const answer = await post(url, purchase, options);
    if (answer.kind === 'accepted') return answer.orderId;
    last = answer.what;
    if (answer.kind === 'refused') break;
    await pause(Math.min(2000, 50 * 2 ** attempt) * (0.5 + Math.random() / 2), undefined, { signal: options.signal });
  }
  throw new PlacingError(`The order of line ${purchase.line} was not accepted: ${last}.`);
}

type Answer =
  | { readonly kind: 'accepted'; readonly orderId: string }
  | { readonly kind: 'later' | 'refused'; readonly what: string };

/** Answers that mean "try the same again". */
const later = new Set([408, 409, 425, 429, 500, 502, 503, 504]);

async function post(ordersUrl: string, purchase: Purchase, { runId, signal }: PlaceOrdersOptions): Promise<Answer> {
  try {
    const response = await fetch(`${ordersUrl}/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': `${runId}-line-${purchase.line}` },
      body: JSON.stringify(orderRequest(purchase)),
      signal: AbortSignal.any([signal, AbortSignal.timeout(10_000)]),
    });
    const text = await response.text();
    if (response.status === 201) return { kind: 'accepted', orderId: orderIdOf(text) };
    return { kind: later.has(response.status) ? 'later' : 'refused', what: `${response.status} ${text.slice(0, 300)}` };
  } catch (error) {
    signal.throwIfAborted();
    return { kind: 'later', what: error instanceof Error ? error.message : String(error) };
  }
}

function orderIdOf(text: string): string {
  const { orderId } = JSON.parse(text) as { orderId: string };
  return orderId;
}
