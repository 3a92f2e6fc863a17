import { endpoint } from '@waybill/service';
import { Decimal } from 'decimal.js';
import { z } from 'zod';

const maxLines = 100;
const maxQuantity = 10_000;
/** Contracts carry amounts with 12 digits, two of them after the point. */
const maxTotal = new Decimal('9999999999.99');

const status = z.enum(['PLACED', 'CONFIRMED', 'FULFILLED', 'CANCELLED']);
const amount = z.string().regex(/^\d{1,10}(\.\d{1,2})?$/, 'must be a decimal such as "29.33", up to 9999999999.99');

const line = z.strictObject({
  sku: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"'),
  quantity: z.int().min(1).max(maxQuantity),
  amount: amount.describe('The price of the whole line, exact.'),
});

const orderRequest = z
  .strictObject({
    customerId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 letters, digits, ".", "_" or "-"'),
    email: z.email().max(254),
    lines: z.array(line).min(1).max(maxLines),
    currency: z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as "USD"'),
    reference: z.string().min(1).max(128).optional(),
  })
  .refine(({ lines }) => Decimal.sum(0, ...lines.map((one) => one.amount)).lte(maxTotal), {
    path: ['lines'],
    message: `must not cost more than ${maxTotal.toFixed(2)} together`,
  });

const orderSummary = z.object({
  orderId: z.string(),
  customerId: z.string(),
  status,
  cancelReason: z.enum(['CUSTOMER_REQUEST', 'PAYMENT_DECLINED', 'STOCK_REJECTED']).nullable(),
  total: amount,
  currency: z.string(),
  reference: z.string().nullable(),
  placedAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
});

const seen = { updatedAt: z.iso.datetime() };
const order = orderSummary.extend({
  email: z.email(),
  lines: z.array(line),
  fulfilment: z.object({
    payment: z.object({ status: z.string(), amount: amount.nullable(), ...seen }).optional(),
    reservation: z.object({ status: z.string(), ...seen }).optional(),
    shipment: z
      .object({ status: z.string(), carrier: z.string().nullable(), trackingCode: z.string().nullable(), ...seen })
      .optional(),
  }),
});

const byId = z.object({ id: z.string().min(1).max(255) });
const oneSummary = { description: 'The order as it stands.', schema: orderSummary };

export const placeOrder = endpoint({
  method: 'post',
  path: '/orders',
  summary: 'Place an order',
  body: orderRequest,
  idempotencyKey: 'required',
  replies: { 201: { ...oneSummary, description: 'Placed; Location names the order.' } },
});

export const readOrder = endpoint({
  method: 'get',
  path: '/orders/:id',
  summary: 'Read an order and how its fulfilment stands',
  params: byId,
  replies: { 200: { description: 'The order.', schema: order }, 404: { description: 'There is no such order.' } },
});

export const listOrders = endpoint({
  method: 'get',
  path: '/orders',
  summary: 'List the newest orders, and count all by status',
  query: z.object({ status: status.optional(), limit: z.coerce.number().int().min(1).max(100).default(20) }),
  replies: {
    200: {
      description: 'The newest first.',
      schema: z.object({ counts: z.record(status, z.int()), orders: z.array(orderSummary) }),
    },
  },
});

export const cancelOrder = endpoint({
  method: 'post',
  path: '/orders/:id/cancel',
  summary: 'Cancel an order that is not confirmed yet',
  params: byId,
  replies: {
    200: { ...oneSummary, description: 'Cancelled, now or before.' },
    404: { description: 'There is no such order.' },
    409: { description: 'The order is confirmed or fulfilled: too late.' },
  },
});
