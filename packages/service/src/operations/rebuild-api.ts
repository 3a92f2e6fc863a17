import { z } from 'zod';

/** What the operations API says of rebuilds of projections. */

const count = z.int().min(0);
const keys = z.array(z.string());

/** How a table of the new generation differs from the living one, by primary key. It holds no values but keys. */
export const tableReport = z.strictObject({
  table: z.string(),
  equal: count,
  different: count,
  /** Rows that would vanish with the swap. */
  onlyOld: count,
  onlyNew: count,
  columns: z.array(z.strictObject({ column: z.string(), rows: count })),
  /** Keys of some of them, 20 of each at most. */
  examples: z.strictObject({ different: keys, onlyOld: keys, onlyNew: keys }),
});
export type TableReport = z.output<typeof tableReport>;

/** What a rebuild found when it had caught up with its consumer, and what its swap did. */
export const rebuildReport = z.strictObject({
  /** The name under which the generation is stored: `notifications.contacts@2`. */
  generation: z.string(),
  comparedAt: z.iso.datetime(),
  /** Partitions at which the two were not at the same offset when they were compared: what differs may be that alone. */
  partitionsApart: count,
  tables: z.array(tableReport),
  /** Versions of entities. */
  entities: z.strictObject({
    ...{ equal: count, different: count, onlyOld: count, onlyNew: count },
    examples: z.array(z.strictObject({ entity: z.string(), old: z.int().optional(), new: z.int().optional() })),
  }),
  /** Events that failed in the new generation: with the swap they become the consumer's. */
  parked: z.strictObject({
    ...{ dead: count, behind: count },
    failures: z.array(z.strictObject({ type: z.string(), code: z.string(), message: z.string(), events: count })),
  }),
  /** Set once it was swapped in. */
  swapped: z
    .strictObject({
      at: z.iso.datetime(),
      /** Milliseconds that the transaction took, and those for which readers of the tables could be held up. */
      tookMs: z.number(),
      lockedMs: z.number(),
      entities: count,
      /** Where the old tables lie, until when. */
      retiredSchema: z.string(),
      keptUntil: z.iso.datetime(),
      discarded: z.boolean(),
    })
    .optional(),
});
export type RebuildReport = z.output<typeof rebuildReport>;

/** The report of a job, where it is one of a rebuild. */
export function rebuildReportOf(job: { readonly kind: string; readonly report?: unknown }): RebuildReport | undefined {
  return job.kind === 'rebuild' ? rebuildReport.safeParse(job.report).data : undefined;
}

/** Rows that would vanish with the swap. */
export function vanishingRows({ tables }: Pick<RebuildReport, 'tables'>): number {
  return tables.reduce((sum, { onlyOld }) => sum + onlyOld, 0);
}
