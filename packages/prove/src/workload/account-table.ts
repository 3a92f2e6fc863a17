import type { Queryable } from '@waybill/messaging';
import type { Step } from './operations.ts';

/**
 * What an account comes to. The digest depends on the order of the changes, so that two events that changed places show
 * in it. The same arithmetic stands in the checker's fold once more.
 */
export const digestFactor = 31;
export const digestModulus = 1_000_003;

/** Tables of a branch: the accounts, and one row for each step that was committed. */
export const branchTables = `
  CREATE TABLE public.account (
    account text    PRIMARY KEY,
    total   integer NOT NULL DEFAULT 0,
    "limit" integer NOT NULL DEFAULT 0,
    digest  integer NOT NULL DEFAULT 0);
  CREATE TABLE public.operation_step (
    operation text NOT NULL,
    account   text NOT NULL);`;

/** Carries a step out: the change of the account, and the row that says which operation made it. */
export async function writeStep(tx: Queryable, operation: string, step: Step): Promise<void> {
  const { amount, limit, value } = effectOf(step);
  await tx.query(
    `WITH step AS (INSERT INTO public.operation_step (operation, account) VALUES ($1, $2))
     INSERT INTO public.account AS a (account, total, "limit", digest)
     VALUES ($2, $3, coalesce($4, 0), mod(coalesce($5, 0) + ${digestModulus}, ${digestModulus}))
     ON CONFLICT (account) DO UPDATE SET total = a.total + $3, "limit" = coalesce($4, a."limit"),
       digest = CASE WHEN $5::int IS NULL THEN a.digest
                     ELSE mod(a.digest::bigint * ${digestFactor} + $5 + ${digestModulus}, ${digestModulus}) END`,
    [operation, step.account, amount, limit, value],
  );
}

interface StepEffect {
  readonly amount: number;
  readonly limit: number | null;
  /** What goes into the digest; null for a step that changes nothing that projections keep. */
  readonly value: number | null;
}

function effectOf(step: Step): StepEffect {
  switch (step.change) {
    case 'amount':
      return { amount: step.amount, limit: null, value: step.amount };
    case 'limit':
      return { amount: 0, limit: step.limit, value: step.limit };
    case 'note':
      return { amount: 0, limit: null, value: null };
  }
}
