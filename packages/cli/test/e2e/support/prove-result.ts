/** What `waybill prove --json` ends with, as far as it is looked at here. */
export interface ProveResult {
  readonly verdict: string;
  readonly faults: Readonly<Record<string, { readonly done: number; readonly inFlight: number }>>;
  readonly events: number;
  readonly violations: readonly { readonly code: string; readonly ids: readonly string[] }[];
  readonly report: string;
}

/** The clock of a run stands still while a server comes back, which takes long on a machine with much else to do. */
export const proveDeadlineMs = 1_200_000;
