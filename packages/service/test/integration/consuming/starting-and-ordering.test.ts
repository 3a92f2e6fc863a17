import { consumer, type HandlerContext, on, type Ordering, RetryableError } from '@waybill/messaging';
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
