/** How a command ended, for the shell. */
export type Ending = 'done' | 'failed' | 'wrong-use' | 'waits-for-approval';

/** The exit status of each ending; scripts rely on them. */
export const exitCodes: Readonly<Record<Ending, number>> = {
  done: 0,
  failed: 1,
  'wrong-use': 2,
  'waits-for-approval': 3,
};

/** The ending that counts when several things were done: what failed, else what still waits. */
export function worstOf(endings: readonly Ending[]): Ending {
  const byWeight: readonly Ending[] = ['wrong-use', 'failed', 'waits-for-approval'];
  return byWeight.find((ending) => endings.includes(ending)) ?? 'done';
}
