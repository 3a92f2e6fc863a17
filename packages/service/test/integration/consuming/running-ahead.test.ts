import type { Event } from '@waybill/contracts';
import { murmur2 } from '@waybill/kafka';
import { consumer, type HandlerContext, on, RetryableError } from '@waybill/messaging';
import { eventually, uniqueName } from '@waybill/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consumingHarness, type Deposit, type Harness } from './harness.ts';

let bank: Harness;
beforeEach(async () => {
  bank = await consumingHarness();
});
afterEach(async () => bank.close());

const name = () => `bank.${uniqueName('consumer')}`;
const accounts = (count: number) => Array.from({ length: count }, () => uniqueName('account'));

async function record(me: string, event: Event<Deposit>, { tx }: HandlerContext) {
  await tx.query('INSERT INTO effect (consumer, event_id, account, version, amount) VALUES ($1, $2, $3, $4, $5)', [
    me,
    event.id,
    event.aggregateId,
    event.aggregateVersion,
    event.data.amount,
  ]);
}

function reaction(me: string, handle: (event: Event<Deposit>, context: HandlerContext) => Promise<void>) {
  return consumer({
    name: me,
    kind: 'reaction',
    from: 'beginning',
    retry: { baseMs: 60_000, capMs: 60_000, maxAttempts: 3, budgetShare: 1 },
    handlers: [on(bank.deposited, handle)],
  });
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

describe('handlers that make one statement each', () => {
  test('run ahead of each other’s answers, one at a time for an entity, and each has its effect', async () => {
    const [me, all] = [name(), accounts(60)];
    let [underWay, most] = [0, 0];
    const ofEntity = new Map<string, number>();
    const overlapped = new Set<string>();
    bank.start(
      reaction(me, async (event, context) => {
        underWay += 1;
        most = Math.max(most, underWay);
        const same = (ofEntity.get(event.aggregateId) ?? 0) + 1;
        ofEntity.set(event.aggregateId, same);
        if (same > 1) overlapped.add(event.aggregateId);
        await record(me, event, context);
        ofEntity.set(event.aggregateId, same - 1);
        underWay -= 1;
      }),
    );
    await bank.send(...[1, 2, 3, 4].flatMap((version) => all.map((one) => bank.deposit(one, version))));
    await seesEffects(
      me,
      all.flatMap((one) => [1, 2, 3, 4].map((version) => `${one}:${version}`)),
    );
    // Three partitions by themselves make three.
    expect(most).toBeGreaterThan(3);
    expect([...overlapped]).toEqual([]);
    for (const one of all) {
      const versions = (await bank.effects(me)).filter((effect) => effect.startsWith(`${one}:`));
      expect(versions).toEqual([1, 2, 3, 4].map((version) => `${one}:${version}`));
    }
  });

  test('are called in turn where their handler says so', async () => {
    const [me, all] = [name(), accounts(90)];
    const underWay = new Map<number, number>();
    let overlapped = 0;
    const handle = async (event: Event<Deposit>, context: HandlerContext) => {
      // Of one partition: others are handled at the same time.
      const partition = partitionOf.get(event.aggregateId) ?? 0;
      underWay.set(partition, (underWay.get(partition) ?? 0) + 1);
      if ((underWay.get(partition) ?? 0) > 1) overlapped += 1;
      await record(me, event, context);
      underWay.set(partition, (underWay.get(partition) ?? 0) - 1);
    };
    const partitionOf = new Map(all.map((one) => [one, murmur2(one) % 3]));
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        handlers: [on(bank.deposited, handle, { calls: 'in-turn' })],
      }),
    );
    await bank.send(...all.map((one) => bank.deposit(one, 1)));
    await bank.send(...all.map((one) => bank.deposit(one, 2)));
    await seesEffects(
      me,
      all.flatMap((one) => [`${one}:1`, `${one}:2`]),
    );
    expect(overlapped).toBe(0);
  });

  test('park the one that fails alone', async () => {
    const [me, all] = [name(), accounts(90)];
    const bad = all[77];
    bank.start(
      reaction(me, async (event, context) => {
        await record(me, event, context);
        if (event.aggregateId === bad) throw new RetryableError('a bad one');
      }),
    );
    await bank.send(...all.map((one) => bank.deposit(one, 1)));
    await bank.send(...all.map((one) => bank.deposit(one, 2)));
    await seesEffects(
      me,
      all.filter((one) => one !== bad).flatMap((one) => [`${one}:1`, `${one}:2`]),
    );
    const parked = await bank.rows(
      'SELECT aggregate_id, version::int, reason, attempts FROM waybill.parked WHERE consumer = $1 ORDER BY version',
      [me],
    );
    expect(parked).toEqual([
      { aggregate_id: bad, version: 1, reason: 'retry', attempts: 1 },
      { aggregate_id: bad, version: 2, reason: 'behind', attempts: 0 },
    ]);
  });

  test('are called in turn again when one makes a second statement that counts on the first', async () => {
    const [me, all] = [name(), accounts(90)];
    await bank.rows("INSERT INTO account (id, balance, version) VALUES ('total', 0, 0)");
    let calls = 0;
    bank.start(
      reaction(me, async (event, context) => {
        calls += 1;
        if (event.aggregateVersion === 1) return record(me, event, context);
        // Read, then written: with another call's write in between, one of both would be lost.
        const { rows } = await context.tx.query("SELECT balance FROM account WHERE id = 'total' FOR UPDATE");
        await context.tx.query("UPDATE account SET balance = $1 WHERE id = 'total'", [
          Number(rows[0]?.['balance']) + 1,
        ]);
        return undefined;
      }),
    );
    await bank.send(...all.map((one) => bank.deposit(one, 1)));
    await bank.send(...all.map((one) => bank.deposit(one, 2)));
    await eventually(
      async () => {
        const rows = await bank.rows('SELECT 1 FROM waybill.inbox WHERE consumer = $1', [me]);
        expect(rows.length).toBe(180);
        return true;
      },
      { deadlineMs: 30_000, what: '180 events handled' },
    );
    expect(await bank.rows("SELECT balance FROM account WHERE id = 'total'")).toEqual([{ balance: 90 }]);
    expect(calls).toBeGreaterThan(180);
  });
});
