import { endpoint } from '@waybill/service';
import { z } from 'zod';

const article = z.object({ sku: z.string(), available: z.int().min(0), reserved: z.int().min(0) });

export const listStock = endpoint({
  method: 'get',
  path: '/stock',
  summary: 'List the articles, with how much of each is available and reserved',
  query: z.object({ sku: z.string().min(1).max(64).optional() }),
  replies: { 200: { description: 'In article order.', schema: z.object({ stock: z.array(article) }) } },
});

export const readReservation = endpoint({
  method: 'get',
  path: '/reservations/:orderId',
  summary: "Read an order's reservation",
  params: z.object({ orderId: z.string().min(1).max(255) }),
  replies: {
    200: {
      description: 'The reservation.',
      schema: z.object({
        orderId: z.string(),
        status: z.enum(['RESERVED', 'REJECTED', 'RELEASED']),
        lines: z.array(z.object({ sku: z.string(), quantity: z.int() })),
        updatedAt: z.iso.datetime(),
      }),
    },
    404: { description: 'There is no reservation for this order.' },
  },
});
