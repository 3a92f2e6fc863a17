import { setTimeout as pause } from 'node:timers/promises';
import express, { type Express, type Request, type Response } from 'express';
import { z } from 'zod';
import { conduct, isDeclined, isOdd } from './behaviour.ts';
import type { Books, Order } from './books.ts';
import type { Behaviour } from './config.ts';

const body = z.strictObject({
  orderId: z.string().min(1).max(255),
  amount: z.string().regex(/^\d{1,10}\.\d{2}$/),
  currency: z.string().regex(/^[A-Z]{3}$/),
});

const shareBody = z.strictObject({ share: z.number().min(0).max(1) });

/** The provider's HTTP interface over its books. */
export function providerApp(books: Books, behaviour: Behaviour): Express {
  const app = express();
  let { oddShare } = behaviour;
  app.disable('x-powered-by');
  app.use(express.json({ limit: '16kb' }));

  app.post('/captures', (request, response) => move('capture', request, response));
  app.post('/refunds', (request, response) => move('refund', request, response));

  // Stands for a release of the provider that is put right, or goes wrong, while everything runs.
  app.post('/odd-answers', (request, response) => {
    const parsed = shareBody.safeParse(request.body);
    if (!parsed.success) return refuse(response, 400, z.prettifyError(parsed.error));
    oddShare = parsed.data.share;
    response.json({ share: oddShare });
  });

  app.get('/captures', (request, response) => {
    const wanted = request.query['orderId'];
    const orders = [...books.orders()].filter(([orderId]) => typeof wanted !== 'string' || orderId === wanted);
    response.json({ totals: books.totals, orders: Object.fromEntries(orders) });
  });
  app.get('/healthz', (_request, response) => {
    response.json({ status: 'ok' });
  });

  async function move(operation: Order['operation'], request: Request, response: Response): Promise<void> {
    const key = request.get('idempotency-key');
    const parsed = body.safeParse(request.body);
    if (key === undefined || key === '' || key.length > 255) {
      refuse(response, 400, 'An Idempotency-Key of 1 to 255 characters is required.');
      return;
    }
    if (!parsed.success) {
      refuse(response, 400, z.prettifyError(parsed.error));
      return;
    }
    const { latencyMs, mishap } = conduct(behaviour, key, books.attempt(key));
    await pause(latencyMs);
    if (mishap !== 'none') {
      books.totals[mishap] += 1;
      response.set('Retry-After', '1');
      refuse(response, mishap === 'limited' ? 429 : 503, mishap === 'limited' ? 'Too many requests.' : 'Try later.');
      return;
    }
    answer({ operation, ...parsed.data }, key, response);
  }

  function answer(order: Order, key: string, response: Response): void {
    const known = books.entry(key);
    if (known !== undefined) {
      if (!isSame(known.order, order)) {
        refuse(response, 422, 'This Idempotency-Key was used for another request.');
        return;
      }
      books.totals.repeats += 1;
      response.status(200).json(shown(known.answer, key));
      return;
    }
    if (order.operation === 'refund' && !books.holds(order.orderId)) {
      refuse(response, 404, 'There is no capture of this order to refund.');
      return;
    }
    const entry = { order, answer: outcome(order, key) };
    books.record(key, entry);
    response.status(201).json(shown(entry.answer, key));
  }

  /** What is in the books is done, however it is told. */
  function shown(answered: Readonly<Record<string, string>>, key: string): object {
    if (answered['status'] !== 'captured' || !isOdd(behaviour.seed, key, oddShare)) return answered;
    return { result: 'CAPTURED', capture: { id: answered['reference'] } };
  }

  return app;
}

function outcome(order: Order, key: string): Readonly<Record<string, string>> {
  if (order.operation === 'refund') return { status: 'refunded', reference: `ref-${key}` };
  if (isDeclined(order.amount)) return { status: 'declined', reason: 'card_declined' };
  return { status: 'captured', reference: `cap-${key}` };
}

function isSame(a: Order, b: Order): boolean {
  return a.operation === b.operation && a.orderId === b.orderId && a.amount === b.amount && a.currency === b.currency;
}

function refuse(response: Response, status: number, detail: string): void {
  response.status(status).type('application/problem+json').send(JSON.stringify({ status, detail }));
}
