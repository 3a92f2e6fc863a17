import { endpoint } from '@waybill/service';
import { z } from 'zod';

export const readBody = endpoint({
  method: 'get',
  path: '/api/events/:id/body',
  summary: 'What an event says, from its topic',
  params: z.object({ id: z.uuid() }),
  replies: {
    200: {
      description:
        'Personal values are masked, at the paths that masked names. unreadable says why there is no data when it cannot be read by its schema.',
      schema: z.object({
        eventId: z.string(),
        type: z.string(),
        topic: z.string(),
        partition: z.int(),
        offset: z.string(),
        data: z.unknown().optional(),
        schema: z.string().optional(),
        masked: z.array(z.string()),
        unreadable: z.string().optional(),
      }),
    },
  },
});
