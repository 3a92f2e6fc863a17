import { defineContract } from '@waybill/contracts';

interface Deposit {
  readonly account: string;
  readonly amount: number;
}

const fields = '[{"name":"account","type":"string","doc":"Which."},{"name":"amount","type":"int","doc":"How much."}]';

export const Deposited = defineContract<Deposit, 'bank.v1.Deposited'>({
  name: 'bank.v1.Deposited',
  kind: 'event',
  aggregateType: 'bank.account',
  topic: 'bank.account',
  personal: [],
  schema: `{"type":"record","name":"Deposited","namespace":"bank.v1","fields":${fields}}`,
});

export const Saved = defineContract<Deposit, 'savings.v1.Saved'>({
  name: 'savings.v1.Saved',
  kind: 'event',
  aggregateType: 'savings.plan',
  topic: 'savings.plan',
  personal: [],
  schema: `{"type":"record","name":"Saved","namespace":"savings.v1","fields":${fields}}`,
});

export const Account = defineContract<Deposit, 'bank.v1.Account'>({
  name: 'bank.v1.Account',
  kind: 'snapshot',
  aggregateType: 'bank.account',
  topic: 'bank.account.snapshot',
  personal: [],
  schema: `{"type":"record","name":"Account","namespace":"bank.v1","fields":${fields}}`,
});
