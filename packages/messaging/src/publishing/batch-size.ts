const STEPS = [1_000, 200, 40, 10] as const;
/** Bytes of rows to hold in memory for one batch, about. */
const BUDGET = 32 * 1_024 * 1_024;

/** Rows to read at once, so that events of this average size stay within the memory for one batch. */
export function batchSize(averageBytes: number, most: number): number {
  const fitting = STEPS.find((step) => step * averageBytes <= BUDGET) ?? 1;
  return Math.min(most, fitting);
}

/** Cuts rows into runs of at most `maxBytes`, never empty, in order. */
export function sendRuns<TRow extends { readonly payload: Uint8Array }>(
  rows: readonly TRow[],
  maxBytes: number,
): readonly (readonly TRow[])[] {
  const runs: TRow[][] = [];
  let run: TRow[] = [];
  let bytes = 0;
  for (const row of rows) {
    if (run.length > 0 && bytes + row.payload.length > maxBytes) {
      runs.push(run);
      run = [];
      bytes = 0;
    }
    run.push(row);
    bytes += row.payload.length;
  }
  if (run.length > 0) runs.push(run);
  return runs;
}
