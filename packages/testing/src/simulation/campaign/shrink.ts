import type { Plan } from '../plan/plan.ts';
import type { Outcome } from '../simulate.ts';

/** Fields whose parts can be left out one by one. */
const LISTS = [
  'faults',
  'operations',
  'failures',
  'refused',
  'undecodable',
  'snapshots',
  'changes',
  'consumers',
  'processes',
] as const;

const CALM_NETWORK = { lossShare: 0, slowShare: 0, slowMs: 0, lateShare: 0 };

/**
 * The least plan that still breaks a promise, found by leaving parts out for as long as one of the same kind is broken.
 *
 * @param run simulates a plan.
 * @param mostRuns after which it ends with what it has.
 */
export async function shrink(plan: Plan, run: (plan: Plan) => Promise<Outcome>, mostRuns = 300): Promise<Plan> {
  const first = (await run(plan)).violations[0];
  if (first === undefined) return plan;
  let least = plan;
  let runs = 0;
  const stillFails = async (candidate: Plan): Promise<boolean> => {
    if (runs >= mostRuns) return false;
    runs += 1;
    const { violations } = await run(candidate);
    if (violations[0]?.invariant !== first.invariant) return false;
    least = candidate;
    return true;
  };
  for (;;) {
    const before = least;
    for (const field of LISTS) await withoutParts(field, () => least, stillFails);
    for (const candidate of simpler(least)) await stillFails({ ...least, ...candidate });
    if (least === before) return least;
  }
}

/** Leaves out runs of a list's parts, long ones first. */
async function withoutParts(
  field: (typeof LISTS)[number],
  least: () => Plan,
  stillFails: (plan: Plan) => Promise<boolean>,
): Promise<void> {
  for (let size = Math.ceil(least()[field].length / 2); size >= 1; size = Math.floor(size / 2)) {
    for (let at = 0; at < least()[field].length;) {
      const rest = (least()[field] as readonly unknown[]).toSpliced(at, size);
      if (isTooLittle(field, rest) || !(await stillFails({ ...least(), [field]: rest }))) at += size;
    }
  }
}

/** A world needs a consumer, and a process of each service. */
function isTooLittle(field: (typeof LISTS)[number], rest: readonly unknown[]): boolean {
  if (field === 'consumers') return rest.length === 0;
  return field === 'processes' && new Set(rest.map((name) => String(name).split('-')[0])).size < 2;
}

/** Plans with less of something in them. */
function simpler(plan: Plan): readonly Partial<Plan>[] {
  const candidates: Partial<Plan>[] = [
    { network: CALM_NETWORK },
    { duplicateShare: 0 },
    { reorderShare: 0 },
    { clockOffsetMs: 0 },
    { partitions: 1 },
    { consumersAtMs: 0 },
    { changes: plan.changes.map((change) => ({ ...change, openMs: 0, undone: undefined })) },
    ...plan.changes.flatMap((change, at) =>
      change.facts.length < 2
        ? []
        : change.facts.map((_, index) => ({
            changes: plan.changes.with(at, { ...change, facts: change.facts.toSpliced(index, 1) }),
          })),
    ),
  ];
  return candidates.filter((candidate) =>
    Object.entries(candidate).some(
      ([field, value]) => JSON.stringify(plan[field as keyof Plan]) !== JSON.stringify(value),
    ),
  );
}
