import { z } from 'zod';

/** A failure group as a service answers it, with nothing that this console does not know. */
export const failureGroupShape = z.object({
  ...{ fingerprint: z.string(), consumer: z.string(), types: z.array(z.string()), errorType: z.string() },
  ...{ errorCode: z.string(), message: z.string(), entries: z.int(), dead: z.int(), retrying: z.int() },
  ...{ blockedEntities: z.int(), blockedEvents: z.int(), firstAt: z.iso.datetime(), lastAt: z.iso.datetime() },
  hours: z.array(z.int()),
});
