import type { Contract, Event } from '@waybill/contracts';
import { consumer, type ConsumerDefinition, on, onExternal, onSnapshot, type Queryable } from '@waybill/messaging';
import { ledgered } from '@waybill/service';
import { digestFactor, digestModulus } from './account-table.ts';
import { type AccountState, amountPosted, branchContracts, branches } from './contracts.ts';
import type { OutsideClient } from './outside-client.ts';

export const officeTables = `
  CREATE TABLE public.account_copy (
    aggregate_type text    NOT NULL,
    account        text    NOT NULL,
    total          integer NOT NULL,
    "limit"        integer NOT NULL,
    digest         integer NOT NULL,
    PRIMARY KEY (aggregate_type, account));
  CREATE TABLE public.notice (
    event_id uuid PRIMARY KEY,
    answer   text NOT NULL);`;

/** For an unordered consumer: far beyond any run. */
const horizonMs = 86_400_000;

/**
 * - `totals`: a projection, which snapshots may bring forward.
 * - `postings`: a reaction that publishes again, so that an effect of one event is the cause of another.
 * - `receipts`: a reaction in any order.
 * - `notices`: a reaction that calls the outside, which knows a key that it has seen.
 * - `letters`: one that calls the outside where that does not, so that an unknown outcome stays unknown.
 */
export function officeConsumers(outside: OutsideClient): readonly ConsumerDefinition[] {
  const contracts = branches.map((branch) => branchContracts(branch));
  const amounts = contracts.map(({ amountAdded }) => amountAdded);
  const limits = contracts.map(({ limitChanged }) => limitChanged);
  const none = () => undefined;
  return [
    consumer({
      name: 'office.totals',
      kind: 'projection',
      handlers: ledgered(
        [
          ...amounts.map((contract) =>
            on(contract, async (event, { tx }) => change(tx, event, event.data.amount, null, event.data.amount)),
          ),
          ...limits.map((contract) =>
            on(contract, async (event, { tx }) => change(tx, event, 0, event.data.limit, event.data.limit)),
          ),
        ],
        'office.totals',
      ),
      snapshots: contracts.map(({ account }) => onSnapshot(account, replace)),
    }),
    consumer({
      name: 'office.postings',
      kind: 'reaction',
      from: 'beginning',
      handlers: ledgered(
        amounts.map((contract) =>
          on(contract, async ({ data, id, aggregateId, aggregateType }, { publish }) => {
            const account = `${aggregateType.split('.', 1)[0]}-${aggregateId}`;
            await publish(amountPosted, { aggregateId: account, data: { account, amount: data.amount, cause: id } });
          }),
        ),
        'office.postings',
      ),
    }),
    consumer({
      name: 'office.receipts',
      kind: 'reaction',
      from: 'beginning',
      ordering: { by: 'none', horizonMs },
      handlers: ledgered([...amounts.map((c) => on(c, none)), ...limits.map((c) => on(c, none))], 'office.receipts'),
    }),
    consumer({
      name: 'office.notices',
      kind: 'reaction',
      from: 'beginning',
      handlers: ledgered(
        limits.map((contract) => callFor(contract, outside, 'notices')),
        'office.notices',
      ),
    }),
    consumer({
      name: 'office.letters',
      kind: 'reaction',
      from: 'beginning',
      ordering: { by: 'none', horizonMs },
      handlers: ledgered(
        limits.map((contract) => callFor(contract, outside, 'letters')),
        'office.letters',
      ),
    }),
  ];
}

function callFor<TData>(contract: Contract<TData>, outside: OutsideClient, port: 'notices' | 'letters') {
  return onExternal(contract, {
    external: {
      idempotent: port === 'notices',
      timeoutMs: 5_000,
      call: async (_event, { idempotencyKey, signal }) => outside.call(port, idempotencyKey, signal),
    },
    async handle(event, { tx }, outcome) {
      if (port === 'letters') return;
      await tx.query('INSERT INTO public.notice (event_id, answer) VALUES ($1, $2)', [event.id, outcome?.answer]);
    },
  });
}

async function change(
  tx: Queryable,
  event: Event<unknown>,
  amount: number,
  limit: number | null,
  value: number,
): Promise<void> {
  await tx.query(
    `INSERT INTO public.account_copy AS c (aggregate_type, account, total, "limit", digest)
     VALUES ($1, $2, $3, coalesce($4, 0), mod($5::int + ${digestModulus}, ${digestModulus}))
     ON CONFLICT (aggregate_type, account) DO UPDATE SET total = c.total + $3, "limit" = coalesce($4, c."limit"),
       digest = mod(c.digest::bigint * ${digestFactor} + $5 + ${digestModulus}, ${digestModulus})`,
    [event.aggregateType, event.aggregateId, amount, limit, value],
  );
}

async function replace(event: Event<AccountState>, { tx }: { readonly tx: Queryable }): Promise<void> {
  const { account, total, limit, digest } = event.data;
  await tx.query(
    `INSERT INTO public.account_copy (aggregate_type, account, total, "limit", digest) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (aggregate_type, account) DO UPDATE
       SET total = excluded.total, "limit" = excluded."limit", digest = excluded.digest`,
    [event.aggregateType, account, total, limit, digest],
  );
}
