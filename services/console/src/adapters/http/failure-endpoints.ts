import { endpoint } from '@waybill/service';
import { z } from 'zod';
import { failureStates } from '../../domain/failure-facts.ts';

const text = z.string().trim().min(1).max(255);
const number = z.string().regex(/^\d{1,18}$/, 'must be a number');

/** What every list of failures says of the services that do not answer. */
const beside = {
  silent: z.array(z.object({ service: z.string(), asOf: z.iso.datetime().optional() })),
  unreachable: z.array(z.string()),
};

export const readFailures = endpoint({
  method: 'get',
  path: '/api/failures',
  summary: 'The failure groups of all services, also of those that do not answer',
  replies: {
    200: {
      description:
        'By the services themselves as far as they answer, by what they published otherwise. silent names those that do not answer, with the time as of which they are known; pauses are theirs.',
      schema: z.object({
        groups: z.array(z.looseObject({ service: z.string() })),
        pauses: z.array(
          z.object({
            ...{ service: z.string(), consumer: z.string(), dependency: z.string().optional(), reason: z.string() },
            ...{ pausedAt: z.iso.datetime(), until: z.iso.datetime().optional() },
          }),
        ),
        ...beside,
      }),
    },
  },
});

export const readParked = endpoint({
  method: 'get',
  path: '/api/parked',
  summary: 'Failed events of all services, also of those that do not answer',
  query: z.object({
    q: text.optional(),
    service: text.optional(),
    consumer: text.optional(),
    state: z.enum([...failureStates, 'all']).optional(),
    fingerprint: text.optional(),
    type: text.optional(),
    parkedId: number.optional(),
    since: z.iso.datetime().optional(),
    until: z.iso.datetime().optional(),
    after: number.optional(),
    limit: z.coerce.number().int().min(1).max(200).default(50),
  }),
  replies: {
    200: {
      description:
        'The newest first, without bodies; those that are done with only when state asks for them. q is looked for in ids, types and errors, next is the after of the next page, and total stops counting at 10,000.',
      schema: z.object({
        entries: z.array(z.looseObject({ id: z.string(), service: z.string(), state: z.enum(failureStates) })),
        total: z.int(),
        next: z.string().optional(),
        ...beside,
      }),
    },
  },
});
