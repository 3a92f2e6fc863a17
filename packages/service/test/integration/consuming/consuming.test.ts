import {
  consumer,
  type ConsumerDefinition,
  type HandlerContext,
  on,
  onExternal,
  onSnapshot,
  PauseError,
  RetryableError,
  TerminalError,
} from '@waybill/messaging';
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
const name = () => `bank.${uniqueName('consumer')}`;

/** Leaves a row for each time that it ran; nothing keeps it from leaving two. */
function recording(consumerName: string) {
  return async (event: Event<Deposit>, { tx }: HandlerContext) => {
    await tx.query('INSERT INTO effect (consumer, event_id, account, version, amount) VALUES ($1, $2, $3, $4, $5)', [
      consumerName,
      event.id,
      event.aggregateId,
      event.aggregateVersion,
      event.data.amount,
    ]);
  };
}

function reaction(consumerName: string, handle = recording(consumerName), options: Partial<ConsumerDefinition> = {}) {
  return consumer({
    ...options,
    name: consumerName,
    kind: 'reaction',
    from: 'beginning',
    handlers: [on(bank.deposited, handle)],
  });
}

function projection(consumerName: string, options: Partial<ConsumerDefinition> = {}) {
  const set = async (event: Event<Deposit>, { tx }: HandlerContext) => {
    await tx.query(
      `INSERT INTO account (id, balance, version) VALUES ($1, $2, $3)
       ON CONFLICT (id) DO UPDATE SET balance = excluded.balance, version = excluded.version`,
      [event.aggregateId, event.data.amount, event.aggregateVersion],
    );
  };
  return consumer({
    ...options,
    name: consumerName,
    kind: 'projection',
    handlers: [on(bank.deposited, set)],
    snapshots: [onSnapshot(bank.balance, set)],
  });
}

async function seesEffects(consumerName: string, ofAccount: string, expected: readonly number[]) {
  await eventually(
    async () => {
      const effects = (await bank.effects(consumerName)).filter((effect) => effect.startsWith(`${ofAccount}:`));
      expect(effects).toEqual(expected.map((version) => `${ofAccount}:${version}`));
      return true;
    },
    { deadlineMs: 20_000, what: `effects ${expected.join(', ')} of ${ofAccount}` },
  );
}

async function seesParked(consumerName: string, expected: Record<string, unknown>) {
  return eventually(
    async () => {
      const rows = await bank.rows('SELECT * FROM waybill.parked WHERE consumer = $1', [consumerName]);
      expect(rows).toEqual([expect.objectContaining(expected)]);
      return rows[0];
    },
    { deadlineMs: 20_000, what: `one parked entry like ${JSON.stringify(expected)}` },
  );
}

/** Version, reason, code of the error, and whether it holds its entity up, of all that is parked. */
async function seesQueue(consumerName: string, expected: readonly (readonly unknown[])[]) {
  await eventually(
    async () => {
      const rows = await bank.rows(
        'SELECT version, reason, error_code, holds_entity FROM waybill.parked WHERE consumer = $1 ORDER BY version, id',
        [consumerName],
      );
      expect(rows.map((row) => Object.values(row))).toEqual(expected);
      return true;
    },
    { deadlineMs: 20_000, what: `${expected.length} parked entries` },
  );
}

describe('redelivery and order', () => {
  test('an event that is delivered three times has one effect', async () => {
    const [me, a] = [name(), account()];
    bank.start(reaction(me));
    const [first, second] = [bank.deposit(a, 1), bank.deposit(a, 2)];
    await bank.send(first, second, first, second, second);
    await seesEffects(me, a, [1, 2]);
    await eventually(
      async () => (await bank.rows('SELECT 1 FROM waybill.skipped WHERE consumer = $1', [me])).length === 3,
      {
        what: 'three skipped deliveries',
      },
    );
    await seesEffects(me, a, [1, 2]);
  });

  test('events that come in the wrong order take effect in the right one', async () => {
    const [me, a] = [name(), account()];
    bank.start(reaction(me));
    const events = [1, 2, 3, 4].map((version) => bank.deposit(a, version));
    await bank.send(...[3, 1, 0, 2].map((index) => events[index]).filter((event) => event !== undefined));
    await seesEffects(me, a, [1, 2, 3, 4]);
    expect(await bank.rows('SELECT 1 FROM waybill.parked WHERE consumer = $1', [me])).toEqual([]);
  });

  test('the stored position counts after a restart, and what was handled is not handled again', async () => {
    const [me, a] = [name(), account()];
    const first = bank.start(reaction(me));
    await bank.send(bank.deposit(a, 1));
    await seesEffects(me, a, [1]);
    await first.stop();
    await bank.send(bank.deposit(a, 2));
    bank.start(reaction(me));
    await seesEffects(me, a, [1, 2]);
  });

  test('a consumer whose position is gone from its database stops, and says that history is lost', async () => {
    const [me, a] = [name(), account()];
    const first = bank.start(reaction(me));
    await bank.send(bank.deposit(a, 1));
    await seesEffects(me, a, [1]);
    await first.stop();
    await bank.rows('DELETE FROM waybill.consumer_position WHERE consumer = $1', [me]);
    const second = bank.start(reaction(me));
    await expect(second.ended).rejects.toMatchObject({ code: 'consumer.history-lost' });
    expect(second.status().state).toBe('failed');
  });

  test('the same version under another id is parked as forked, and never skipped', async () => {
    const [me, a] = [name(), account()];
    bank.start(reaction(me));
    await bank.send(bank.deposit(a, 1), bank.record(bank.deposited, a, 1, 99));
    await seesParked(me, { reason: 'dead', error_code: 'event.forked' });
    await seesEffects(me, a, [1]);
  });

  test('what comes for a version that waits in a queue is told from it by its id', async () => {
    const [me, a] = [name(), account()];
    const failing = async (event: Event<Deposit>) => {
      if (event.aggregateVersion === 2) throw new TerminalError('it never works', { code: 'bank.never' });
    };
    bank.start(reaction(me, failing));
    const [first, second, third, fourth] = [1, 2, 3, 4].map((version) => bank.deposit(a, version));
    if (!first || !second || !third || !fourth) throw new Error('four events');
    const queue = [
      ['2', 'dead', 'bank.never', true],
      ['3', 'behind', null, true],
      ['4', 'behind', null, true],
    ];
    await bank.send(first, second, third, fourth);
    await seesQueue(me, queue);
    await bank.send(fourth, bank.record(bank.deposited, a, 4, 99));
    await seesQueue(me, [...queue, ['4', 'dead', 'event.forked', false]]);
    expect(await bank.rows('SELECT version, reason FROM waybill.skipped WHERE consumer = $1', [me])).toEqual([
      { version: '4', reason: 'duplicate' },
    ]);
  });
});

describe('a gap', () => {
  test('of a reaction is closed with the missing events, fetched from their producer', async () => {
    const [me, a] = [name(), account()];
    bank.start(reaction(me, recording(me), { gapPatienceMs: 200 }));
    const [first, , third] = [bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(a, 3)];
    await bank.send(first, third);
    await seesEffects(me, a, [1, 2, 3]);
    const arrivals = await bank.rows(
      'SELECT version, arrival FROM waybill.inbox WHERE consumer = $1 ORDER BY version',
      [me],
    );
    expect(arrivals.map((row) => row['arrival'])).toEqual(['delivered', 'fetched', 'parked']);
  });

  test('whose missing event comes by the log while its producer is asked does not have it parked beside its effect', async () => {
    const [me, a] = [name(), account()];
    bank.start(reaction(me, recording(me), { gapPatienceMs: 50 }));
    const [first, second, third] = [bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(a, 3)];
    const answer = bank.holdAnswers();
    await bank.send(first, third);
    await eventually(() => bank.asked.some((question) => question.account === a), { what: 'a question about the gap' });
    await bank.send(second);
    await seesEffects(me, a, [1, 2]);
    answer();
    await seesEffects(me, a, [1, 2, 3]);
    // One that is parked after its effect would be passed over as a duplicate.
    expect(await bank.rows('SELECT version, reason FROM waybill.skipped WHERE consumer = $1', [me])).toEqual([]);
  });

  test('that not even the producer can close becomes work for a person, and others flow', async () => {
    const [me, a, b] = [name(), account(), account()];
    bank.start(reaction(me, recording(me), { gapPatienceMs: 200 }));
    const [first, , third] = [bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(a, 3)];
    bank.forget(a);
    await bank.send(first, third, bank.deposit(b, 1));
    await seesParked(me, { reason: 'dead', error_code: 'event.predecessor-missing', aggregate_id: a });
    await seesEffects(me, b, [1]);
    await seesEffects(me, a, [1]);
  });

  test('whose producer is away for long leaves the event all of its attempts', async () => {
    const [me, a] = [name(), account()];
    let failures = 1;
    const handle = async (event: Event<Deposit>, context: HandlerContext) => {
      if (event.aggregateVersion === 3 && failures > 0) {
        failures -= 1;
        throw new RetryableError('busy');
      }
      await recording(me)(event, context);
    };
    const retry = { baseMs: 20, capMs: 50, maxAttempts: 2, budgetShare: 1 };
    bank.start(reaction(me, handle, { gapPatienceMs: 50, retry }));
    const [first, , third] = [bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(a, 3)];
    bank.refuse(4);
    await bank.send(first, third);
    await seesEffects(me, a, [1, 2, 3]);
  });

  test('up to a version out of all proportion costs one request of bounded size', async () => {
    const [me, a] = [name(), account()];
    bank.start(reaction(me, recording(me), { gapPatienceMs: 200 }));
    await bank.send(bank.deposit(a, 1), bank.record(bank.deposited, a, Number.MAX_SAFE_INTEGER, 1));
    await seesParked(me, { reason: 'dead', error_code: 'event.predecessor-missing', aggregate_id: a });
    expect(bank.asked).toEqual([{ kind: 'events', account: a, versions: 500 }]);
  });

  test('of a projection is closed from a snapshot, and an event that comes late after that changes nothing', async () => {
    const [me, a] = [name(), account()];
    bank.start(projection(me, { gapPatienceMs: 200 }));
    const [, second, third] = [bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(a, 3)];
    bank.snapshotAt(a, 3, 3);
    await bank.send(third);
    const at = async () => (await bank.rows('SELECT balance, version FROM account WHERE id = $1', [a]))[0];
    await eventually(async () => expect(await at()).toEqual({ balance: 3, version: 3 }), {
      what: 'the snapshot’s state',
    });
    await bank.send(second);
    await eventually(
      async () => {
        const skipped = await bank.rows('SELECT reason FROM waybill.skipped WHERE consumer = $1 ORDER BY version', [
          me,
        ]);
        expect(skipped).toEqual([{ reason: 'covered' }, { reason: 'covered' }]);
        return true;
      },
      { what: 'the late event skipped as covered' },
    );
    expect(await at()).toEqual({ balance: 3, version: 3 });
    await bank.send(bank.deposit(a, 4));
    await eventually(async () => expect(await at()).toEqual({ balance: 4, version: 4 }), {
      what: 'the next event applied',
    });
  });
});

describe('a new projection', () => {
  test('is filled from the snapshot topic before it reads events', async () => {
    const [me, a] = [name(), account()];
    await bank.send(bank.snapshotAt(a, 7, 70));
    bank.start(projection(me));
    await eventually(
      async () =>
        expect(await bank.rows('SELECT balance, version FROM account WHERE id = $1', [a])).toEqual([
          { balance: 70, version: 7 },
        ]),
      { deadlineMs: 20_000, what: 'the entity of the snapshot topic' },
    );
  });
});

describe('a failing handler', () => {
  test('is tried again from the parked queue; later events of its entity wait, others do not', async () => {
    const [me, a, b] = [name(), account(), account()];
    let failures = 2;
    const handle = async (event: Event<Deposit>, context: HandlerContext) => {
      await recording(me)(event, context);
      if (event.aggregateId === a && event.aggregateVersion === 1 && failures > 0) {
        failures -= 1;
        throw new RetryableError('the ledger is busy');
      }
    };
    bank.start(reaction(me, handle, { retry: { baseMs: 100, capMs: 200, maxAttempts: 5, budgetShare: 1 } }));
    await bank.send(bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(b, 1));
    await seesEffects(me, b, [1]);
    await seesEffects(me, a, [1, 2]);
    const attempts = await bank.rows(
      'SELECT attempts FROM waybill.inbox WHERE consumer = $1 AND aggregate_id = $2 AND version = 1',
      [me, a],
    );
    expect(attempts).toEqual([{ attempts: 3 }]);
  });

  test('that says terminal is dead at once, keeps its reason, and holds only its own entity', async () => {
    const [me, a, b] = [name(), account(), account()];
    const handle = async (event: Event<Deposit>, context: HandlerContext) => {
      if (event.aggregateId === a) throw new TerminalError('this account is closed', { code: 'account.closed' });
      await recording(me)(event, context);
    };
    bank.start(reaction(me, handle));
    await bank.send(bank.deposit(a, 1), bank.deposit(b, 1));
    await seesParked(me, { reason: 'dead', error_code: 'account.closed', error_message: 'this account is closed' });
    await seesEffects(me, b, [1]);
  });

  test('that says pause stops the consumer until a probe passes', async () => {
    const [me, a, b] = [name(), account(), account()];
    let isDown = true;
    const handle = async (event: Event<Deposit>, context: HandlerContext) => {
      if (isDown) throw new PauseError('ledger', 'refuses connections', { probeAfterMs: 100 });
      await recording(me)(event, context);
    };
    const running = bank.start(reaction(me, handle));
    await bank.send(bank.deposit(a, 1));
    await eventually(() => running.status().state === 'paused', { what: 'the consumer paused' });
    expect(running.status().reason).toBe('ledger is down');
    await bank.send(bank.deposit(b, 1));
    isDown = false;
    await seesEffects(me, a, [1]);
    await seesEffects(me, b, [1]);
    await eventually(() => running.status().state === 'consuming', { what: 'the consumer consuming' });
  });
});

describe('an external handler', () => {
  const external = (me: string, idempotent: boolean, call: (event: Event<Deposit>, key: string) => Promise<string>) =>
    consumer({
      name: me,
      kind: 'reaction',
      from: 'beginning',
      retry: { baseMs: 20, capMs: 50, maxAttempts: 4, budgetShare: 1 },
      handlers: [
        onExternal(bank.deposited, {
          external: { idempotent, call: async (event, { idempotencyKey }) => call(event, idempotencyKey) },
          async handle(event, context, outcome) {
            await recording(me)(event, context);
            await context.tx.query('UPDATE effect SET amount = $2 WHERE event_id = $1', [event.id, Number(outcome)]);
          },
        }),
      ],
    });

  test('calls with the event’s id as its key, in order, and hands the outcome to the transaction', async () => {
    const [me, a] = [name(), account()];
    const keys: string[] = [];
    bank.start(
      external(me, true, async (_, key) => {
        keys.push(key);
        return String(40 + keys.length);
      }),
    );
    const events = [bank.deposit(a, 1), bank.deposit(a, 2)];
    await bank.send(...events);
    await seesEffects(me, a, [1, 2]);
    expect(keys).toEqual(events.map(({ headers }) => headers['ce_id']));
    expect(await bank.rows('SELECT amount FROM effect WHERE consumer = $1 ORDER BY n', [me])).toEqual([
      { amount: 41 },
      { amount: 42 },
    ]);
  });

  test('without idempotency parks an unknown outcome, and does not call again', async () => {
    const [me, a] = [name(), account()];
    let calls = 0;
    bank.start(
      external(me, false, async () => {
        calls += 1;
        throw new Error('connection lost after DATA');
      }),
    );
    await bank.send(bank.deposit(a, 1));
    await seesParked(me, { reason: 'dead', error_code: 'external.unknown-outcome' });
    expect(calls).toBe(1);
  });

  test('with idempotency calls again with the same key', async () => {
    const [me, a] = [name(), account()];
    const keys = new Set<string>();
    let calls = 0;
    bank.start(
      external(me, true, async (_, key) => {
        keys.add(key);
        calls += 1;
        if (calls < 3) throw new Error('connection lost');
        return '7';
      }),
    );
    await bank.send(bank.deposit(a, 1));
    await seesEffects(me, a, [1]);
    expect({ calls, keys: keys.size }).toEqual({ calls: 3, keys: 1 });
  });
});

describe('a call to the outside whose process died while it was made', () => {
  /** Starts a consumer whose call hangs, and then lets its claim run out, as it does when its process is gone. */
  async function interrupted(idempotent: boolean) {
    const [me, a] = [name(), account()];
    const hanging = Promise.withResolvers<string>();
    const keys: string[] = [];
    const definition = consumer({
      name: me,
      kind: 'reaction',
      from: 'beginning',
      handlers: [
        onExternal(bank.deposited, {
          external: {
            idempotent,
            call: async (_, { idempotencyKey }) => {
              keys.push(idempotencyKey);
              return keys.length === 1 ? hanging.promise : 'second';
            },
          },
          handle: async (event, context) => recording(me)(event, context),
        }),
      ],
    });
    bank.start(definition);
    await bank.send(bank.deposit(a, 1));
    await seesParked(me, { call: 'calling' });
    await bank.rows(`UPDATE waybill.parked SET claimed_by = 'gone', claimed_until = now() - interval '1 second'`);
    bank.start(definition);
    return { me, a, keys, finish: () => hanging.resolve('first') };
  }

  test('is made again with the same key where that has no second effect, and takes effect once', async () => {
    const { me, a, keys, finish } = await interrupted(true);
    await seesEffects(me, a, [1]);
    expect(new Set(keys).size).toBe(1);
    finish();
    await bank.send(bank.deposit(a, 2));
    await seesEffects(me, a, [1, 2]);
  });

  test('is parked as unknown where it has one, and its late return changes nothing', async () => {
    const { me, a, keys, finish } = await interrupted(false);
    await seesParked(me, { reason: 'dead', error_code: 'external.unknown-outcome', aggregate_id: a });
    finish();
    await bank.send(bank.deposit(`${a}-other`, 1));
    await seesEffects(me, `${a}-other`, [1]);
    expect(keys).toHaveLength(2);
    await seesParked(me, { reason: 'dead', error_code: 'external.unknown-outcome', aggregate_id: a });
    await seesEffects(me, a, []);
  });
});

test('an event that came to the head of its queue is taken up by another process when the one that worked on it dies', async () => {
  const [me, a] = [name(), account()];
  const hanging = Promise.withResolvers<string>();
  let calls = 0;
  const definition = consumer({
    name: me,
    kind: 'reaction',
    from: 'beginning',
    handlers: [
      onExternal(bank.deposited, {
        external: {
          idempotent: true,
          call: async (event) => {
            calls += 1;
            return event.aggregateVersion === 2 && calls === 2 ? hanging.promise : 'done';
          },
        },
        handle: async (event, context) => recording(me)(event, context),
      }),
    ],
  });
  bank.start(definition);
  await bank.send(bank.deposit(a, 1), bank.deposit(a, 2), bank.deposit(a, 3));
  await seesEffects(me, a, [1]);
  await eventually(async () => (await bank.rows(`SELECT 1 FROM waybill.parked WHERE call = 'calling'`)).length === 1, {
    what: 'the second call under way',
  });
  await bank.rows(`UPDATE waybill.parked SET claimed_by = 'gone', claimed_until = now() - interval '1 second'`);
  bank.start(definition);
  await seesEffects(me, a, [1, 2, 3]);
  hanging.resolve('late');
});

describe('an entity that a handler needs', () => {
  test('holds the event back until the projection has it', async () => {
    const [copy, me, a] = [name(), name(), account()];
    const needing = consumer({
      name: me,
      kind: 'reaction',
      from: 'beginning',
      gapPatienceMs: 60_000,
      handlers: [
        on(bank.deposited, recording(me), {
          needs: () => [{ projection: copy, aggregateType: bank.deposited.aggregateType, aggregateId: `${a}-owner` }],
        }),
      ],
    });
    bank.start(needing);
    await bank.send(bank.deposit(a, 1));
    await seesParked(me, { reason: 'dependency', aggregate_id: a });
    bank.start(projection(copy), { hasDependents: true });
    await bank.send(bank.deposit(`${a}-owner`, 1));
    await eventually(async () => (await bank.effects(me)).includes(`${a}:1`), {
      deadlineMs: 20_000,
      what: 'the waiting event handled',
    });
  });

  test('is fetched as a snapshot when it stays away', async () => {
    const [copy, me, a] = [name(), name(), account()];
    bank.snapshotAt(`${a}-owner`, 5, 50);
    bank.start(projection(copy), { hasDependents: true });
    bank.start(
      consumer({
        name: me,
        kind: 'reaction',
        from: 'beginning',
        gapPatienceMs: 200,
        handlers: [
          on(bank.deposited, recording(me), {
            needs: (event) =>
              event.aggregateId === a
                ? [{ projection: copy, aggregateType: event.aggregateType, aggregateId: `${a}-owner` }]
                : [],
          }),
        ],
      }),
    );
    await bank.send(bank.deposit(a, 1));
    await seesEffects(me, a, [1]);
  });
});

describe('poison', () => {
  test('of each kind is dead at once with its reason, and the flow goes on', async () => {
    const [me, a] = [name(), account()];
    bank.start(reaction(me));
    const good = bank.deposit(a, 1);
    const { headers } = good;
    const broken = (id: string, value: Uint8Array) => ({ ...good, headers: { ...headers, ce_id: id }, value });
    const uuid = (n: number) => `0198aaaa-0000-7000-8000-00000000000${n}`;
    await bank.send(
      broken(uuid(1), Buffer.from('not avro at all')),
      broken(uuid(2), Buffer.from([0, 0x7f, 0xff, 0xff, 0xf0, 1, 2])),
      broken(uuid(3), Buffer.from(good.value).subarray(0, 7)),
      broken(uuid(4), Buffer.concat([good.value.subarray(0, 5), Buffer.alloc(40, 0xff)])),
      { ...good, headers: { 'x-foreign': 'nul \0 inside' } },
      good,
    );
    await seesEffects(me, a, [1]);
    const dead = await bank.rows(
      'SELECT error_code, reason FROM waybill.parked WHERE consumer = $1 ORDER BY log_offset',
      [me],
    );
    expect(dead.map((row) => row['reason'])).toEqual(['dead', 'dead', 'dead', 'dead', 'dead']);
    expect(dead.map((row) => row['error_code'])).toMatchInlineSnapshot(`
      [
        "contracts.framing",
        "registry.unknown-schema-id",
        "contracts.decoding",
        "contracts.decoding",
        "contracts.invalid-envelope",
      ]
    `);
  });
});

test('a process whose partitions were taken over commits nothing more', async () => {
  const [me, a] = [name(), account()];
  bank.start(reaction(me));
  await bank.send(bank.deposit(a, 1));
  await seesEffects(me, a, [1]);
  await bank.rows('UPDATE waybill.consumer_position SET epoch = epoch + 1 WHERE consumer = $1', [me]);
  await bank.send(bank.deposit(a, 2));
  const before = await bank.rows('SELECT next_offset FROM waybill.consumer_position WHERE consumer = $1', [me]);
  await eventually(() => bank.rows('SELECT 1 FROM waybill.consumer_position WHERE consumer = $1', [me]), {
    what: 'its positions',
  });
  await expect(
    eventually(async () => (await bank.effects(me)).includes(`${a}:2`), {
      deadlineMs: 1_500,
      what: 'an effect under the old epoch',
    }),
  ).rejects.toThrow('an effect under the old epoch');
  expect(await bank.rows('SELECT next_offset FROM waybill.consumer_position WHERE consumer = $1', [me])).toEqual(
    before,
  );
});
