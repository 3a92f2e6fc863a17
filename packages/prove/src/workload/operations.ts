import type { OperationForm } from '../history/lines.ts';
import type { Random } from '../random.ts';

/** One event of an operation: an account with what happens to it. */
export type Step =
  | { readonly change: 'amount'; readonly account: string; readonly amount: number }
  | { readonly change: 'limit'; readonly account: string; readonly limit: number }
  | { readonly change: 'note'; readonly account: string; readonly note: string };

/** One transaction of a branch, as it is meant to go. */
export interface OperationPlan {
  readonly form: OperationForm;
  /** By account, so that two operations lock what they share in one order. */
  readonly steps: readonly Step[];
  /** For `long`: milliseconds for which the transaction stays open after it has written. */
  readonly pauseMs: number;
}

/** Accounts of a branch. The first few get a third of all events. */
const accounts = { hot: 3, all: 400 };

/** Shares of the forms, in hundredths; what is left is plain. */
const forms: readonly (readonly [OperationForm, number])[] = [
  ['rollback', 6],
  ['savepoint', 5],
  ['long', 1],
  ['refused', 2],
];

/** Draws the next operation of a branch: 1 to 5 events over few or many accounts. */
export function planOperation(random: Random): OperationPlan {
  const form = drawForm(random);
  // A hot account that a long transaction locked would stand still for all of them, and hide what else goes wrong.
  const drawAccount = () => accountName(form !== 'long' && random.chance(1 / 3), random);
  const count = random.chance(0.6) ? 1 : random.whole(2, 5);
  const steps = Array.from({ length: count }, () => drawStep(drawAccount(), random));
  return {
    form,
    steps: steps.toSorted((a, b) => (a.account < b.account ? -1 : a.account > b.account ? 1 : 0)),
    pauseMs: form === 'long' ? random.whole(400, 3_000) : 0,
  };
}

function drawForm(random: Random): OperationForm {
  let lot = random.whole(0, 99);
  for (const [form, share] of forms) {
    if (lot < share) return form;
    lot -= share;
  }
  return 'plain';
}

function accountName(hot: boolean, random: Random): string {
  return `account-${hot ? random.whole(1, accounts.hot) : random.whole(accounts.hot + 1, accounts.all)}`;
}

function drawStep(account: string, random: Random): Step {
  const lot = random.next();
  if (lot < 0.75) return { change: 'amount', account, amount: random.whole(-50, 100) };
  if (lot < 0.87) return { change: 'limit', account, limit: random.whole(0, 1_000) };
  return { change: 'note', account, note: `note ${random.whole(1, 1_000)}` };
}
