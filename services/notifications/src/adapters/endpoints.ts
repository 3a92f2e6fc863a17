import { endpoint } from '@waybill/service';
import { z } from 'zod';

export const readNotifications = endpoint({
  method: 'get',
  path: '/notifications/:orderId',
  summary: 'List the mails that were sent about an order',
  params: z.object({ orderId: z.string().min(1).max(255) }),
  replies: {
    200: {
      description: 'The oldest first; none when nothing was sent.',
      schema: z.object({
        mails: z.array(
          z.object({ eventId: z.uuid(), orderId: z.string(), subject: z.string(), sentAt: z.iso.datetime() }),
        ),
      }),
    },
  },
});
