import type { DifferenceKind } from '@waybill/messaging';
import { z } from 'zod';

const kinds = [
  'needs',
  'call',
  'ending',
  'published',
  'rows',
  'parameters',
] as const satisfies readonly DifferenceKind[];

/** Examples that are kept of each kind of difference. */
export const shadowExamples = 20;

/** An event at which a candidate differs. `where` names fields, tables and parameters, and holds no values. */
export const shadowExample = z.strictObject({ event: z.string(), type: z.string(), where: z.array(z.string()) });

/**
 * What a shadow found, counted in events. Each that was compared is in one of `equal`, `failedBoth`, `notRun`, `busy` and
 * `differ`; one that differs in several ways is counted under each kind of difference.
 */
export const shadowReport = z.strictObject({
  /** Both did the same; `equalByRows` of them by the number of rows alone, since their statements are other ones. */
  equal: z.int(),
  equalByRows: z.int(),
  /** Both failed with the same error. */
  failedBoth: z.int(),
  /** Both call the outside, which a shadow does not. */
  notRun: z.int(),
  /** Live traffic was in the way, or a statement took too long, three times. */
  busy: z.int(),
  differ: z.int(),
  differences: z.array(z.strictObject({ kind: z.enum(kinds), count: z.int(), examples: z.array(shadowExample) })),
});
export type ShadowReport = z.output<typeof shadowReport>;
