import { consumer, type HandlerContext, type HandlerEntry, on, rendition, upcaster } from '@waybill/messaging';
import type { Event } from '@waybill/contracts';
import { eventually, uniqueName } from '@waybill/testing';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { consumingHarness, type Harness } from './harness.ts';

let bank: Harness;
beforeEach(async () => {
  bank = await consumingHarness();
  bank.startRelay('relay');
});
afterEach(async () => bank.close());

/** Leaves the major that it was called with, in the place of an amount. */
function seen(consumerName: string, major: number) {
  return async (event: Event<object>, { tx }: HandlerContext) => {
    await tx.query('INSERT INTO effect (consumer, event_id, account, version, amount) VALUES ($1, $2, $3, $4, $5)', [
      consumerName,
      event.id,
      event.aggregateId,
      event.aggregateVersion,
      major,
    ]);
  };
}

const named = (name: string, handlers: readonly HandlerEntry[]) =>
  consumer({ name, kind: 'reaction', from: 'beginning', handlers });

async function majorsSeenBy(consumerName: string): Promise<readonly string[]> {
  const rows = await bank.rows('SELECT version, amount FROM effect WHERE consumer = $1 ORDER BY n', [consumerName]);
  return rows.map((row) => `${String(row['version'])} as v${String(row['amount'])}`);
}

async function seesEventually(consumerName: string, expected: readonly string[]) {
  await eventually(
    async () => {
      expect(await majorsSeenBy(consumerName)).toEqual(expected);
      return true;
    },
    { deadlineMs: 20_000, what: `${consumerName} sees ${expected.join(', ')}` },
  );
}

test('consumers that know v1, v2 and both each have one effect for a fact that is published as both', async () => {
  const account = uniqueName('account');
  bank.start(named('bank.old', [on(bank.deposited, seen('bank.old', 1))]));
  bank.start(named('bank.new', [on(bank.depositedV2, seen('bank.new', 2))]));
  bank.start(
    named('bank.both', [on(bank.deposited, seen('bank.both', 1)), on(bank.depositedV2, seen('bank.both', 2))]),
  );
  for (const amount of [1, 2, 3]) {
    await bank.commit(async (tx) =>
      bank.outbox.publish(tx, bank.depositedV2, {
        aggregateId: account,
        data: { account, amount, currency: 'EUR' },
        renditions: [rendition(bank.deposited, { account, amount })],
      }),
    );
  }
  await seesEventually('bank.old', ['1 as v1', '2 as v1', '3 as v1']);
  await seesEventually('bank.new', ['1 as v2', '2 as v2', '3 as v2']);
  await seesEventually('bank.both', ['1 as v2', '2 as v2', '3 as v2']);
});

test('a consumer that is deployed with a newer major does not handle a fact again that it handled as the older', async () => {
  const account = uniqueName('account');
  const old = bank.start(named('bank.deployed', [on(bank.deposited, seen('bank.deployed', 1))]));
  const publish = async (amount: number) =>
    bank.commit(async (tx) =>
      bank.outbox.publish(tx, bank.depositedV2, {
        aggregateId: account,
        data: { account, amount, currency: 'EUR' },
        renditions: [rendition(bank.deposited, { account, amount })],
      }),
    );
  await publish(1);
  await seesEventually('bank.deployed', ['1 as v1']);
  await old.stop();
  // Everything is delivered once more, as after a restart with the position of a backup.
  await bank.rows('UPDATE waybill.consumer_position SET next_offset = 0');
  bank.start(
    named('bank.deployed', [
      on(bank.deposited, seen('bank.deployed', 1)),
      on(bank.depositedV2, seen('bank.deployed', 2)),
    ]),
  );
  await publish(2);
  await seesEventually('bank.deployed', ['1 as v1', '2 as v2']);
});

test('a fact that has no newer rendition reaches the newer handler through an upcaster', async () => {
  const account = uniqueName('account');
  const currencies: string[] = [];
  bank.start(
    consumer({
      name: 'bank.upcasting',
      kind: 'reaction',
      from: 'beginning',
      upcasters: [upcaster(bank.deposited, bank.depositedV2, (data) => ({ ...data, currency: 'USD' }))],
      handlers: [
        on(bank.depositedV2, async (event, context) => {
          currencies.push(event.data.currency);
          await seen('bank.upcasting', 2)(event, context);
        }),
      ],
    }),
  );
  await bank.commit(async (tx) =>
    bank.outbox.publish(tx, bank.deposited, { aggregateId: account, data: { account, amount: 1 } }),
  );
  await bank.commit(async (tx) =>
    bank.outbox.publish(tx, bank.depositedV2, { aggregateId: account, data: { account, amount: 2, currency: 'EUR' } }),
  );
  await seesEventually('bank.upcasting', ['1 as v2', '2 as v2']);
  expect(currencies).toEqual(['USD', 'EUR']);
});

test('a major that a consumer of that event does not know is dead, and taken in its turn when it is tried again by one that does', async () => {
  const account = uniqueName('account');
  const name = 'bank.behind';
  const old = bank.start(named(name, [on(bank.deposited, seen(name, 1))]));
  await bank.commit(async (tx) =>
    bank.outbox.publish(tx, bank.depositedV2, { aggregateId: account, data: { account, amount: 1, currency: 'EUR' } }),
  );
  const seesDead = async (times: number) =>
    eventually(
      async () => {
        const rows = await bank.rows(
          `SELECT error_code, due_at FROM waybill.parked WHERE consumer = $1 AND reason = 'dead'`,
          [name],
        );
        expect(rows).toEqual([{ error_code: 'record.unknown-major', due_at: null }]);
        return true;
      },
      { what: `the dead event, look ${times}` },
    );
  const tryAgain = async () => {
    await bank.rows(`UPDATE waybill.parked SET reason = 'retry', due_at = now() WHERE consumer = $1`, [name]);
    for (const each of bank.running) each.wake();
  };
  await seesDead(1);
  await tryAgain();
  await seesDead(2);
  await old.stop();

  bank.start(named(name, [on(bank.deposited, seen(name, 1)), on(bank.depositedV2, seen(name, 2))]));
  await tryAgain();
  await seesEventually(name, ['1 as v2']);
  await bank.commit(async (tx) =>
    bank.outbox.publish(tx, bank.depositedV2, { aggregateId: account, data: { account, amount: 2, currency: 'EUR' } }),
  );
  await seesEventually(name, ['1 as v2', '2 as v2']);
  expect(await bank.rows('SELECT 1 FROM waybill.parked')).toEqual([]);
});
