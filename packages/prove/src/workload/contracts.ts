import { defineContract } from '@waybill/contracts';

/** The branches, each a context and a service with a database of its own. */
export const branches = ['east', 'west'] as const;
export type Branch = (typeof branches)[number];

export interface AmountAdded {
  readonly operation: string;
  readonly amount: number;
}

export interface LimitChanged {
  readonly operation: string;
  readonly limit: number;
}

export interface AccountNoted {
  readonly operation: string;
  readonly note: string;
}

export interface AccountState {
  readonly account: string;
  readonly total: number;
  readonly limit: number;
  readonly digest: number;
}

export interface AmountPosted {
  readonly account: string;
  readonly amount: number;
  readonly cause: string;
}

/** Which of two compatible schemas a branch writes `AmountAdded` with. */
export type SchemaAge = 'older' | 'newer';

/** What a branch publishes. The newer schema of `AmountAdded` has a field more, with a default. */
export function branchContracts(branch: Branch, age: SchemaAge = 'older') {
  const aggregateType = `${branch}.account`;
  const common = { aggregateType, personal: [] } as const;
  const event = { ...common, kind: 'event', topic: aggregateType } as const;
  const schema = (name: string, kind: string, fields: readonly Field[]) =>
    schemaOf(`${branch}.v1`, name, kind, aggregateType, [{ name: 'operation', type: 'string' }, ...fields]);
  const channel = age === 'newer' ? [{ name: 'channel', type: 'string', default: '' }] : [];
  return {
    amountAdded: defineContract<AmountAdded & { readonly channel?: string }, string>({
      ...event,
      name: `${branch}.v1.AmountAdded`,
      schema: schema('AmountAdded', 'event', [{ name: 'amount', type: 'int' }, ...channel]),
    }),
    limitChanged: defineContract<LimitChanged, string>({
      ...event,
      name: `${branch}.v1.LimitChanged`,
      schema: schema('LimitChanged', 'event', [{ name: 'limit', type: 'int' }]),
    }),
    accountNoted: defineContract<AccountNoted, string>({
      ...event,
      name: `${branch}.v1.AccountNoted`,
      schema: schema('AccountNoted', 'event', [{ name: 'note', type: 'string' }]),
    }),
    account: defineContract<AccountState, string>({
      ...common,
      kind: 'snapshot',
      topic: `${aggregateType}.snapshot`,
      name: `${branch}.v1.Account`,
      schema: schemaOf(`${branch}.v1`, 'Account', 'snapshot', aggregateType, [
        { name: 'account', type: 'string' },
        { name: 'total', type: 'int' },
        { name: 'limit', type: 'int' },
        { name: 'digest', type: 'int' },
      ]),
    }),
  };
}

/** What the office publishes for each amount that it posts. */
export const amountPosted = defineContract<AmountPosted, 'office.v1.AmountPosted'>({
  name: 'office.v1.AmountPosted',
  kind: 'event',
  aggregateType: 'office.posting',
  topic: 'office.posting',
  personal: [],
  schema: schemaOf('office.v1', 'AmountPosted', 'event', 'office.posting', [
    { name: 'account', type: 'string' },
    { name: 'amount', type: 'int' },
    { name: 'cause', type: 'string' },
  ]),
});

/** Every schema that a process of the workload may write with, the older ones first. */
export function allContracts() {
  const ofBranches = branches.flatMap((branch) =>
    (['older', 'newer'] as const).flatMap((age) => Object.values(branchContracts(branch, age))),
  );
  return [...ofBranches, amountPosted];
}

interface Field {
  readonly name: string;
  readonly type: string;
  readonly default?: string;
}

function schemaOf(namespace: string, name: string, kind: string, aggregate: string, fields: readonly Field[]): string {
  return JSON.stringify({
    type: 'record',
    name,
    namespace,
    fields,
    'waybill.kind': kind,
    'waybill.aggregate': aggregate,
  });
}
