import type { ParkedSummary } from '@waybill/service/operations';
import { ahead } from './duration.ts';
import type { View } from './view.ts';

type State = ParkedSummary['state'];

/** Worst first. */
const weights: Readonly<Record<State, number>> = { dead: 0, retrying: 1, waiting: 2 };

/** Orders by how bad a state is, the worst first. */
export function compareStates(a: State, b: State): number {
  return weights[a] - weights[b];
}

/** The mark of a state; its word is always there too. */
export function markOf(state: State, { colours }: Pick<View, 'colours'>): (text: string) => string {
  switch (state) {
    case 'dead':
      return colours.red;
    case 'retrying':
      return colours.yellow;
    case 'waiting':
      return colours.dim;
  }
}

type Parked = Pick<ParkedSummary, 'reason' | 'errorCode' | 'message' | 'dueAt'>;

/** Why an event is parked: its error, or what it waits for. The texts must be printable already. */
export function whyParked(entry: Parked, now: Date): string {
  const { reason, errorCode, message, dueAt } = entry;
  if (message !== undefined) return errorCode === undefined ? message : `${message} [${errorCode}]`;
  const next = dueAt === undefined ? '' : `, looked at ${ahead(dueAt, now)}`;
  switch (reason) {
    case 'gap':
      return `waits for its predecessor${next}`;
    case 'behind':
      return 'waits behind an earlier event of its entity';
    case 'dependency':
      return `waits for an entity of another projection${next}`;
    case 'external':
      return 'its call to the outside is to be made, or under way';
    case 'retry':
      return `is tried again${next}`;
    default:
      return reason;
  }
}
