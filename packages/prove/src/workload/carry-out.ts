import { fact, type Queryable } from '@waybill/messaging';
import type { ServiceRuntime } from '@waybill/service';
import { setTimeout as pause } from 'node:timers/promises';
import { writeStep } from './account-table.ts';
import type { branchContracts } from './contracts.ts';
import type { OperationPlan, Step } from './operations.ts';

/** Ends an operation that is meant to be rolled back. */
export class MeantToFail extends Error {}

type Contracts = ReturnType<typeof branchContracts>;

/** Carries a plan out in the transaction at hand. @throws what ends an operation that is meant not to commit. */
export async function carryOut(
  { runtime, contracts }: { readonly runtime: ServiceRuntime; readonly contracts: Contracts },
  tx: Queryable,
  operation: string,
  plan: OperationPlan,
): Promise<void> {
  const work = async (steps: readonly Step[]) => {
    for (const step of steps) await writeStep(tx, operation, step);
    await runtime.publishAll(
      tx,
      steps.map((step) => factOf(contracts, operation, step)),
    );
  };
  switch (plan.form) {
    case 'plain':
      return work(plan.steps);
    case 'long':
      await work(plan.steps);
      return pause(plan.pauseMs);
    case 'rollback':
      await work(plan.steps);
      throw new MeantToFail();
    case 'savepoint':
      await tx.query('SAVEPOINT undone');
      await work(plan.steps);
      await tx.query('ROLLBACK TO SAVEPOINT undone');
      return work(plan.steps);
    case 'refused':
      await work(plan.steps);
      // A whole number is what the schema asks for.
      await runtime.publish(tx, contracts.amountAdded, {
        aggregateId: plan.steps[0]?.account ?? 'nobody',
        data: { operation, amount: 0.5 },
      });
  }
}

function factOf(contracts: Contracts, operation: string, step: Step) {
  const aggregateId = step.account;
  switch (step.change) {
    case 'amount':
      return fact(contracts.amountAdded, { aggregateId, data: amountData(contracts, operation, step.amount) });
    case 'limit':
      return fact(contracts.limitChanged, { aggregateId, data: { operation, limit: step.limit } });
    case 'note':
      return fact(contracts.accountNoted, { aggregateId, data: { operation, note: step.note } });
  }
}

function amountData({ amountAdded }: Contracts, operation: string, amount: number) {
  return amountAdded.schema.includes('"channel"') ? { operation, amount, channel: 'till' } : { operation, amount };
}
