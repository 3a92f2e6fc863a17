import { endpoint } from '@waybill/service';
import { z } from 'zod';

export const readShipment = endpoint({
  method: 'get',
  path: '/shipments/:orderId',
  summary: "Read an order's shipment",
  params: z.object({ orderId: z.string().min(1).max(255) }),
  replies: {
    200: {
      description: 'The shipment.',
      schema: z.object({
        orderId: z.string(),
        shipmentId: z.string(),
        status: z.enum(['BOOKED', 'DISPATCHED']),
        carrier: z.string(),
        trackingCode: z.string().optional(),
        updatedAt: z.iso.datetime(),
      }),
    },
    404: { description: 'There is no shipment for this order.' },
  },
});
