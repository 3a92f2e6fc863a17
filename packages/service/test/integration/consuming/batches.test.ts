import type { Event } from '@waybill/contracts';
import {
  type BatchContext,
  consumer,
  type HandlerContext,
  latestOfEach,
  on,
  onBatch,
  RetryableError,
} from '@waybill/messaging';
import { eventually, uniqueName } from '@waybill/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consumingHarness, type Deposit, type Harness } from './harness.ts';

let bank: Harness;
beforeEach(async () => {
  bank = await consumingHarness();
});
afterEach(async () => bank.close());

const account = () => uniqueName('account');
const name = () => `bank.${uniqueName('consumer')}`;

type Deposited = Event<Deposit>;

/** Leaves a row for each event that it is given; nothing keeps it from leaving two. */
function recordingAll(me: string) {
  return async (events: readonly Deposited[], { tx }: BatchContext) => {
    await tx.query(
      `INSERT INTO effect (consumer, event_id, account, version, amount)
       SELECT $1, e.* FROM unnest($2::uuid[], $3::text[], $4::int[], $5::int[]) AS e`,
      [
        me,
        events.map(({ id }) => id),
        events.map(({ aggregateId }) => aggregateId),
        events.map(({ aggregateVersion }) => aggregateVersion),
        events.map(({ data }) => data.amount),
      ],
    );
  };
}

async function record(me: string, event: Deposited, { tx }: Pick<HandlerContext, 'tx'>) {
  await tx.query('INSERT INTO effect (consumer, event_id, account, version, amount) VALUES ($1, $2, $3, $4, $5)', [
    me,
    event.id,
    event.aggregateId,
    event.aggregateVersion,
    event.data.amount,
  ]);
}

async function seesEffects(me: string, expected: readonly string[]) {
  await eventually(
    async () => {
      expect((await bank.effects(me)).toSorted()).toEqual(expected.toSorted());
      return true;
    },
    { deadlineMs: 20_000, what: `${expected.length} effects` },
  );
}

/** `account:version` in the order of their effects, for each account. */
async function versionsOf(me: string, ofAccount: string) {
  return (await bank.effects(me))
    .filter((effect) => effect.startsWith(`${ofAccount}:`))
    .map((one) => one.split(':')[1]);
}

describe('a batch handler', () => {
  test('takes the events of a transaction together, each entity’s in their order, and each has one effect', async () => {
    const [me, accounts] = [name(), [account(), account(), account()]];
    const sizes: number[] = [];
    const deposits = [1, 2, 3, 4].flatMap((version) => accounts.map((one) => bank.deposit(one, version)));
    await bank.send(...deposits, ...deposits.slice(0, 5));
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        handlers: [
          onBatch(bank.deposited, async (events, context) => {
            sizes.push(events.length);
            await recordingAll(me)(events, context);
          }),
        ],
      }),
    );
    await seesEffects(
      me,
      accounts.flatMap((one) => [1, 2, 3, 4].map((version) => `${one}:${version}`)),
    );
    for (const one of accounts) expect(await versionsOf(me, one)).toEqual(['1', '2', '3', '4']);
    expect(Math.max(...sizes)).toBeGreaterThanOrEqual(4);
    const inbox = await bank.rows('SELECT arrival, attempts FROM waybill.inbox WHERE consumer = $1', [me]);
    expect(inbox).toEqual(Array.from({ length: 12 }, () => ({ arrival: 'delivered', attempts: 1 })));
  });

  test('parks the one event that fails it, and has the effects of all others', async () => {
    const [me, bad] = [name(), account()];
    const others = Array.from({ length: 30 }, account);
    const calls: number[] = [];
    await bank.send(...[...others.slice(0, 15), bad, ...others.slice(15)].map((one) => bank.deposit(one, 1)));
    await bank.send(bank.deposit(bad, 2), ...others.map((one) => bank.deposit(one, 2)));
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        retry: { baseMs: 60_000, capMs: 60_000, maxAttempts: 3, budgetShare: 1 },
        handlers: [
          onBatch(bank.deposited, async (events, context) => {
            calls.push(events.length);
            await recordingAll(me)(events, context);
            if (events.some(({ aggregateId }) => aggregateId === bad)) throw new RetryableError('one of them is bad');
          }),
        ],
      }),
    );
    await seesEffects(
      me,
      others.flatMap((one) => [`${one}:1`, `${one}:2`]),
    );
    expect(
      await bank.rows(
        'SELECT aggregate_id, version::int, reason, attempts FROM waybill.parked WHERE consumer = $1 ORDER BY version',
        [me],
      ),
    ).toEqual([
      { aggregate_id: bad, version: 1, reason: 'retry', attempts: 1 },
      { aggregate_id: bad, version: 2, reason: 'behind', attempts: 0 },
    ]);
    expect(calls).toContain(1);
  });

  test('is given what was parked as a batch of one, and then goes on with what waited behind it', async () => {
    const [me, a] = [name(), account()];
    let failures = 1;
    await bank.send(...[1, 2, 3].map((version) => bank.deposit(a, version)));
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        retry: { baseMs: 10, capMs: 20, maxAttempts: 5, budgetShare: 1 },
        handlers: [
          onBatch(bank.deposited, async (events, context) => {
            if (events.some(({ aggregateVersion }) => aggregateVersion === 1) && failures > 0) {
              if (events.length === 1) failures -= 1;
              throw new RetryableError('not now');
            }
            await recordingAll(me)(events, context);
          }),
        ],
      }),
    );
    await seesEffects(
      me,
      [1, 2, 3].map((version) => `${a}:${version}`),
    );
    expect(await versionsOf(me, a)).toEqual(['1', '2', '3']);
    const [first] = await bank.rows(
      'SELECT arrival, attempts FROM waybill.inbox WHERE consumer = $1 ORDER BY version',
      [me],
    );
    expect(first).toEqual({ arrival: 'parked', attempts: 2 });
  });

  test('stands beside a handler for each event, and an entity’s events keep their order across both', async () => {
    const [me, accounts] = [name(), [account(), account()]];
    const order: string[] = [];
    const sent = [1, 2, 3, 4, 5, 6].flatMap((version) =>
      accounts.map((one) => bank.record(version % 2 === 0 ? bank.depositedV2 : bank.deposited, one, version, version)),
    );
    await bank.send(...sent);
    const note = (event: Event<unknown>) => order.push(`${event.aggregateId}:${event.aggregateVersion}`);
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        handlers: [
          on(bank.deposited, async (event, context) => {
            note(event);
            await record(me, event, context);
          }),
          onBatch(bank.depositedV2, async (events, context) => {
            for (const event of events) note(event);
            await recordingAll(me)(events, context);
          }),
        ],
      }),
    );
    await seesEffects(
      me,
      accounts.flatMap((one) => [1, 2, 3, 4, 5, 6].map((version) => `${one}:${version}`)),
    );
    for (const one of accounts) {
      expect(await versionsOf(me, one)).toEqual(['1', '2', '3', '4', '5', '6']);
      expect(order.filter((each) => each.startsWith(one))).toEqual([1, 2, 3, 4, 5, 6].map((v) => `${one}:${v}`));
    }
  });

  test('writes the latest of each entity where one statement may not write a row twice', async () => {
    const [me, a, b] = [name(), account(), account()];
    await bank.send(
      ...[1, 2, 3].flatMap((version) => [bank.deposit(a, version, version * 10), bank.deposit(b, version)]),
    );
    bank.start(
      consumer({
        name: me,
        kind: 'projection',
        handlers: [
          onBatch(bank.deposited, async (events, { tx }) => {
            const latest = latestOfEach(events);
            await tx.query(
              `INSERT INTO account (id, balance, version) SELECT * FROM unnest($1::text[], $2::int[], $3::int[])
               ON CONFLICT (id) DO UPDATE SET balance = excluded.balance, version = excluded.version`,
              [
                latest.map(({ aggregateId }) => aggregateId),
                latest.map(({ data }) => data.amount),
                latest.map(({ aggregateVersion }) => aggregateVersion),
              ],
            );
          }),
        ],
      }),
    );
    await eventually(
      async () => {
        expect(
          await bank.rows('SELECT balance, version FROM account WHERE id = ANY ($1) ORDER BY balance', [[a, b]]),
        ).toEqual([
          { balance: 3, version: 3 },
          { balance: 30, version: 3 },
        ]);
        return true;
      },
      { deadlineMs: 20_000, what: 'both accounts at version 3' },
    );
  });
});
