import { z } from 'zod';

/** Shapes that the parts of the operations API share. */

export const time = z.iso.datetime();
export const parkedId = z.string().regex(/^\d{1,19}$/, 'must be the number of a parked entry');
export const shortText = z.string().trim().min(1).max(255);
/** Why somebody does something; it is kept in the audit trail. */
export const reasonText: z.ZodString = z.string().trim().min(3, 'say why, in three characters at least').max(1_000);
