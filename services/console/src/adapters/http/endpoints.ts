import { endpoint } from '@waybill/service';
import { z } from 'zod';
import { placesOf } from '../../domain/audit-pages.ts';

const text = z.string().trim().min(1).max(255);
const unreachable = z.array(z.string());
/** As the service has it, and which service that is. */
const ofService = z.looseObject({ service: z.string() });

/** The same schema takes the places of an earlier answer, in the word that the answer has for them. */
const places = z
  .string()
  .max(2_000)
  .transform((word, context) => {
    const known = placesOf(word);
    if (known !== undefined) return known;
    context.addIssue({ code: 'custom', message: 'must be the next of an earlier answer' });
    return z.NEVER;
  });

export const readSession = endpoint({
  method: 'get',
  path: '/api/session',
  summary: 'Who is logged in, and what the pages must know',
  replies: {
    200: {
      description: 'csrfToken is what a command sends as x-csrf-token.',
      schema: z.object({
        user: z.object({ id: z.string(), name: z.string(), roles: z.array(z.string()) }),
        csrfToken: z.string(),
        environment: z.enum(['production', 'development']),
        jaegerUrl: z.string().optional(),
        services: z.array(z.string()),
        owners: z.record(z.string(), z.string()),
      }),
    },
  },
});

export const readOverview = endpoint({
  method: 'get',
  path: '/api/overview',
  summary: 'How all services stand',
  replies: {
    200: {
      description: 'Of each service its overview, or the problem that kept it from being known.',
      schema: z.object({ services: z.array(ofService) }),
    },
  },
});

export const readJourney = endpoint({
  method: 'get',
  path: '/api/trace',
  summary: 'What is known of an id, and of the business transactions that it belongs to',
  query: z.object({ id: text }),
  replies: {
    200: {
      description:
        'The steps of each service; those with the source index are known by the event index alone. Of an id that stands for several business transactions, matches lists the newest.',
      schema: z.object({
        services: z.array(z.object({ service: z.string(), steps: z.array(z.unknown()), cut: z.boolean() })),
        unreachable,
        matches: z
          .array(
            z.object({
              correlationId: z.string(),
              firstType: z.string(),
              firstAt: z.iso.datetime(),
              aggregateId: z.string(),
              events: z.int(),
            }),
          )
          .optional(),
      }),
    },
  },
});

export const readJobs = endpoint({
  method: 'get',
  path: '/api/jobs',
  summary: 'The jobs of all services',
  replies: {
    200: { description: 'The newest first.', schema: z.object({ jobs: z.array(ofService), unreachable }) },
  },
});

export const readApprovals = endpoint({
  method: 'get',
  path: '/api/approvals',
  summary: 'What needs a second person, at all services',
  query: z.object({ state: z.literal('waiting').optional() }),
  replies: {
    200: { description: 'The newest first.', schema: z.object({ approvals: z.array(ofService), unreachable }) },
  },
});

export const readAudit = endpoint({
  method: 'get',
  path: '/api/audit',
  summary: 'The audit trails of all services as one list',
  query: z.object({
    actor: text.optional(),
    action: text.optional(),
    target: text.optional(),
    limit: z.coerce.number().int().min(1).max(1_000).default(100),
    next: places.optional(),
  }),
  replies: {
    200: {
      description: 'The newest first; next asks for the older ones.',
      schema: z.object({ entries: z.array(ofService), next: z.string().optional(), unreachable }),
    },
  },
});
