import type { PositionPair } from '@waybill/postgres';
import { z } from 'zod';

const checkpointShape = z.object({
  /** What the deployment calls itself whose handlers build the generation; absent where deployments do not say. */
  version: z.string().optional(),
  /** Where each partition began, by `topic/partition`. */
  starts: z.record(z.string(), z.string()).default({}),
  /** Events of the generation that are dead. */
  dead: z.int().default(0),
  /** When the generation was last compared, milliseconds since 1970, and how long that took. */
  comparedAt: z.number().default(0),
  compareMs: z.number().default(0),
  /** Set while it is to be swapped in. */
  swap: z
    .object({
      actor: z.string(),
      approvedBy: z.string().optional(),
      reason: z.string(),
      /** Rows that the one who asked knew would vanish. */
      vanishing: z.int(),
      /** Since when the living consumer stands still for it, and the pause that says so; none where a person had paused it. */
      heldAt: z.number().optional(),
      pause: z.string().optional(),
    })
    .optional(),
});
export type RebuildCheckpoint = z.output<typeof checkpointShape>;

export function rebuildCheckpoint(stored: unknown): RebuildCheckpoint {
  return checkpointShape.parse(stored);
}

export function place({ topic, partition }: { readonly topic: string; readonly partition: number }): string {
  return `${topic}/${partition}`;
}

/** How far a generation is, in offsets, counted from where each partition began. */
export function progressOf(
  { starts }: Pick<RebuildCheckpoint, 'starts'>,
  pairs: readonly PositionPair[],
): { readonly starts: RebuildCheckpoint['starts']; readonly total: bigint; readonly taken: bigint } {
  const begun = { ...starts };
  let [total, taken] = [0n, 0n];
  for (const pair of pairs) {
    if (pair.generation === undefined) continue;
    const start = BigInt((begun[place(pair)] ??= String(pair.generation)));
    const end = pair.living === undefined || pair.living < pair.generation ? pair.generation : pair.living;
    taken += pair.generation - start;
    total += end - start;
  }
  return { starts: begun, total, taken };
}

/** Compared anew at most so often, and for a twentieth of the time at most. */
const COMPARE_EVERY_MS = 30_000;

/** Whether what the report says is old enough to be looked at anew. */
export function isCompareDue({ comparedAt, compareMs }: RebuildCheckpoint, now: number): boolean {
  return now - comparedAt >= Math.max(COMPARE_EVERY_MS, 20 * compareMs);
}

/**
 * Whether the deployment of a version may go on with a rebuild. Another one than that which began it may not by itself: its
 * handlers may make other rows of the same events. Pure.
 */
export function decideVersion(
  checkpoint: RebuildCheckpoint,
  version: string | undefined,
): { readonly isNew: boolean; readonly problem: string | undefined } {
  const { version: before } = checkpoint;
  if (version === undefined || before === version) return { isNew: false, problem: undefined };
  if (before === undefined) return { isNew: true, problem: undefined };
  const problem = `Version ${version} of the service would go on with what version ${before} has begun. Where the handlers of the two are the same, resume it; else cancel it and begin another.`;
  return { isNew: true, problem };
}

/** Events of which so many may fail before a rebuild is judged by them. */
const JUDGED_FROM = 20;

/** Why a rebuild stops by itself: too many of its events failed. */
export function tooManyFailed(dead: number, taken: bigint, share: number): string | undefined {
  if (dead < JUDGED_FROM || dead <= Number(taken) * share) return undefined;
  return `${dead} events failed in the new generation, of ${taken} records read, and at most ${Math.round(share * 100)} % may. Mend the handler, deploy it, cancel this rebuild and begin another.`;
}
