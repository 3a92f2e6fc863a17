import { consumer, type HandlerContext, on, onSnapshot, type Ordering, RetryableError } from '@waybill/messaging';
import type { Event } from '@waybill/contracts';
import { eventually, uniqueName } from '@waybill/testing';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { consumingHarness, type Deposit, type Harness } from './harness.ts';

let bank: Harness;
beforeEach(async () => {
  bank = await consumingHarness();
});
afterEach(async () => bank.close());

const account = () => uniqueName('account');
const me = 'bank.mail';

async function record(event: Event<Deposit>, { tx }: HandlerContext) {
  await tx.query('INSERT INTO effect (consumer, event_id, account, version, amount) VALUES ($1, $2, $3, $4, 0)', [
    me,
    event.id,
    event.aggregateId,
    event.aggregateVersion,
  ]);
}

async function seesEffects(expected: readonly string[]) {
  await eventually(
    async () => {
      expect((await bank.effects(me)).toSorted()).toEqual(expected.toSorted());
      return true;
    },
    { deadlineMs: 20_000, what: `effects ${expected.join(', ')}` },
  );
}

describe('a reaction that starts from now', () => {
  const fromNow = () => consumer({ name: me, kind: 'reaction', from: 'now', handlers: [on(bank.deposited, record)] });

  test('does nothing about what came before, and takes the first version that it sees as the baseline', async () => {
    const a = account();
    await bank.send(bank.deposit(a, 1), bank.deposit(a, 2));
    const running = bank.start(fromNow());
    await eventually(() => running.status().state === 'consuming', {
      deadlineMs: 20_000,
      what: 'the consumer consuming',
    });
    await bank.send(bank.deposit(a, 3), bank.deposit(a, 4));
    await seesEffects([`${a}:3`, `${a}:4`]);
    expect(await bank.rows('SELECT 1 FROM waybill.parked')).toEqual([]);
  });

  test('handles what came while it was down', async () => {
    const a = account();
    const first = bank.start(fromNow());
    await eventually(() => first.status().state === 'consuming', {
      deadlineMs: 20_000,
      what: 'the consumer consuming',
    });
    await first.stop();
    await bank.send(bank.deposit(a, 1));
    bank.start(fromNow());
    await seesEffects([`${a}:1`]);
  });
});

describe('an unordered consumer', () => {
  const anyOrder: Ordering = { by: 'none', horizonMs: 60_000 };

  test('handles each event once, in whatever order and however often it comes', async () => {
    const a = account();
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        ordering: anyOrder,
        handlers: [on(bank.deposited, record)],
      }),
    );
    const [first, second, third] = [bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(a, 3)];
    await bank.send(third, first, third, second, first);
    await seesEffects([`${a}:1`, `${a}:2`, `${a}:3`]);
    await eventually(async () => (await bank.rows('SELECT 1 FROM waybill.skipped')).length === 2, {
      what: 'two skipped deliveries',
    });
    await seesEffects([`${a}:1`, `${a}:2`, `${a}:3`]);
  });

  test('tries a failed event again without holding up others of its entity', async () => {
    const a = account();
    let failures = 3;
    const handle = async (event: Event<Deposit>, context: HandlerContext) => {
      await record(event, context);
      if (event.aggregateVersion === 1 && failures > 0) {
        failures -= 1;
        throw new RetryableError('busy');
      }
    };
    const retry = { baseMs: 400, capMs: 400, maxAttempts: 10, budgetShare: 1 };
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        ordering: anyOrder,
        retry,
        handlers: [on(bank.deposited, handle)],
      }),
    );
    await bank.send(bank.deposit(a, 1), bank.deposit(a, 2));
    await seesEffects([`${a}:1`, `${a}:2`]);
    expect(await bank.effects(me)).toEqual([`${a}:2`, `${a}:1`]);
  });

  test('parks what is older than its horizon, and never applies it', async () => {
    const a = account();
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        ordering: anyOrder,
        handlers: [on(bank.deposited, record)],
      }),
    );
    const old = bank.record(bank.deposited, a, 1, 1, new Date(Date.now() - 120_000));
    await bank.send(old, bank.deposit(a, 2));
    await seesEffects([`${a}:2`]);
    expect(await bank.rows('SELECT reason, error_code FROM waybill.parked')).toEqual([
      { reason: 'dead', error_code: 'event.too-old' },
    ]);
  });
});

/** What a projection keeps of an account. */
async function balances() {
  return bank.rows('SELECT balance, version FROM account ORDER BY id');
}

function copying(gapPatienceMs: number) {
  const set = async (event: Event<Deposit>, { tx }: HandlerContext) => {
    await tx.query(
      `INSERT INTO account (id, balance, version) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET balance = excluded.balance, version = excluded.version`,
      [event.aggregateId, event.data.amount, event.aggregateVersion],
    );
  };
  return consumer({
    name: 'bank.copy',
    kind: 'projection',
    gapPatienceMs,
    handlers: [on(bank.deposited, set)],
    snapshots: [onSnapshot(bank.balance, set)],
  });
}

describe('a snapshot that comes by the log and is ahead of its entity', () => {
  test('stands in for events that never come, also where no gap shows', async () => {
    const a = account();
    const running = bank.start(copying(200));
    await eventually(() => running.status().state === 'consuming', {
      deadlineMs: 20_000,
      what: 'the consumer consuming',
    });
    await bank.send(bank.snapshotAt(a, 7, 70));
    await eventually(
      async () => {
        expect(await balances()).toEqual([{ balance: 70, version: 7 }]);
        return true;
      },
      { what: 'the state of the snapshot' },
    );
    expect(await bank.rows('SELECT 1 FROM waybill.parked')).toEqual([]);
  });

  test('says nothing when it only overtook its events', async () => {
    const a = account();
    const running = bank.start(copying(1_000));
    await eventually(() => running.status().state === 'consuming', {
      deadlineMs: 20_000,
      what: 'the consumer consuming',
    });
    await bank.send(bank.snapshotAt(a, 2, 2));
    await eventually(async () => (await bank.rows('SELECT 1 FROM waybill.parked')).length === 1, {
      what: 'the snapshot waiting',
    });
    await bank.send(bank.deposit(a, 1), bank.deposit(a, 2));
    await eventually(async () => (await bank.rows('SELECT 1 FROM waybill.parked')).length === 0, {
      what: 'the snapshot dropped',
    });
    expect(await balances()).toEqual([{ balance: 2, version: 2 }]);
    expect(await bank.rows('SELECT version FROM waybill.inbox ORDER BY version')).toEqual([
      { version: '1' },
      { version: '2' },
    ]);
    expect(await bank.rows('SELECT reconciled FROM waybill.entity')).toEqual([{ reconciled: 0 }]);
  });
});

test('a handler whose own connection is refused is parked like any other, and others flow', async () => {
  const [a, b] = [account(), account()];
  const handle = async (event: Event<Deposit>, context: HandlerContext) => {
    if (event.aggregateId === a) throw Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
    await record(event, context);
  };
  const retry = { baseMs: 10, capMs: 10, maxAttempts: 2, budgetShare: 1 };
  bank.start(
    consumer({ name: me, kind: 'reaction', from: 'beginning', retry, handlers: [on(bank.deposited, handle)] }),
  );
  await bank.send(bank.deposit(a, 1), bank.deposit(b, 1));
  await seesEffects([`${b}:1`]);
  await eventually(
    async () => {
      expect(await bank.rows('SELECT reason, error_code, attempts FROM waybill.parked')).toEqual([
        { reason: 'dead', error_code: 'ECONNREFUSED', attempts: 2 },
      ]);
      return true;
    },
    { what: 'the dead event' },
  );
});
