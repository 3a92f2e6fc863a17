/** How soon the effect of an event is to be there, and for which share of the events. */
export interface FlowObjective {
  /** Milliseconds from when the event happened to when it was handled. */
  readonly visibleWithinMs: number;
  /** Of all events, above 0 and below 1: what is left to 1 is the budget for those that take longer. */
  readonly share: number;
}

/** 99 of 100 events within ten seconds. */
export const defaultObjective: FlowObjective = { visibleWithinMs: 10_000, share: 0.99 };

/** Events that were handled in a time, and those of them that took longer than the objective allows. */
export interface Judged {
  readonly judged: number;
  readonly beyond: number;
}

/**
 * The share of the budget that is used up: 0 for none, 1 for all of it, more when more events came late than may. With few
 * events one that is late may use up many budgets; that is what the objective says.
 */
export function budgetBurnt({ share }: FlowObjective, { judged, beyond }: Judged): number {
  if (judged === 0) return 0;
  // 1 - 0.9 is not 0.1 to a computer; exactly the budget must not be more than the budget.
  const allowed = Math.max(1e-6, Math.round(judged * (1 - share) * 1e6) / 1e6);
  return beyond / allowed;
}

/** Whether the objective is kept at a time. */
export type ObjectiveState = 'kept' | 'missed' | 'quiet';

/**
 * Missed when too many of the events that were handled lately came late, or one waits in the log for longer than it may;
 * quiet when nothing was handled and nothing waits.
 */
export function objectiveState(
  objective: FlowObjective,
  lately: Judged & { readonly lagMs: number | undefined },
): ObjectiveState {
  const { judged, beyond, lagMs = 0 } = lately;
  if (lagMs > objective.visibleWithinMs || budgetBurnt(objective, lately) > 1) return 'missed';
  return judged === 0 && beyond === 0 && lagMs === 0 ? 'quiet' : 'kept';
}
