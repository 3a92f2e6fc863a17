import { endpoint } from '@waybill/service';
import { z } from 'zod';

export const readPayment = endpoint({
  method: 'get',
  path: '/payments/:orderId',
  summary: "Read an order's payment",
  params: z.object({ orderId: z.string().min(1).max(255) }),
  replies: {
    200: {
      description: 'The payment.',
      schema: z.object({
        orderId: z.string(),
        paymentId: z.string(),
        status: z.enum(['CAPTURED', 'DECLINED', 'REFUNDED']),
        amount: z.string(),
        currency: z.string(),
        providerReference: z.string().optional(),
        declineReason: z.string().optional(),
        updatedAt: z.iso.datetime(),
      }),
    },
    404: { description: 'There is no payment for this order.' },
  },
});
