import { endpoint } from '@waybill/service';
import { z } from 'zod';

const trailProblem = { seq: z.int(), problem: z.string() };

export const readChain = endpoint({
  method: 'get',
  path: '/api/audit/chains/:service',
  summary: 'Whether the audit trail of a service is whole, and as it was published',
  params: z.object({ service: z.string().max(63) }),
  replies: {
    200: {
      description:
        'broken when the trail does not hold together, or is not as it was published every minute; published says what was compared.',
      schema: z.object({
        service: z.string(),
        verdict: z.enum(['intact', 'broken']),
        entries: z.int(),
        head: z.object({ seq: z.int(), hash: z.string() }),
        problem: z.object(trailProblem).optional(),
        published: z.discriminatedUnion('compared', [
          z.object({
            compared: z.literal('yes'),
            heads: z.int(),
            last: z.object({ seq: z.int(), at: z.iso.datetime() }).optional(),
            readAt: z.iso.datetime(),
            problem: z.object({ ...trailProblem, publishedAt: z.iso.datetime() }).optional(),
          }),
          z.object({ compared: z.literal('no'), why: z.string() }),
        ]),
      }),
    },
  },
});
