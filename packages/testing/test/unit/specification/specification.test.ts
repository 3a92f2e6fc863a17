import { consumer, on, onExternal, onSnapshot, type HandlerContext } from '@waybill/messaging';
import { describe, expect, it } from 'vitest';
import { atProducer, event, specification, SpecificationError } from '../../../src/specification/index.ts';
import { Account, Deposited, Saved } from './contracts.ts';

const tables = [
  {
    sql: `CREATE TABLE balance (account text PRIMARY KEY, amount bigint NOT NULL);
          CREATE TABLE entry (n int GENERATED ALWAYS AS IDENTITY, account text NOT NULL, amount int NOT NULL)`,
  },
];

const upsert = async (tx: HandlerContext['tx'], account: string, amount: number) =>
  tx.query(
    'INSERT INTO balance VALUES ($1, $2) ON CONFLICT (account) DO UPDATE SET amount = balance.amount + excluded.amount',
    [account, amount],
  );

/** What the handler does before it saves, for a test to change. */
let obstacle: (attempt: number) => void = () => undefined;

const savings = consumer({
  name: 'savings.plans',
  kind: 'reaction',
  from: 'beginning',
  handlers: [
    on(Deposited, async ({ data }, { tx, publish, attempt }) => {
      await tx.query('INSERT INTO entry (account, amount) VALUES ($1, $2)', [data.account, data.amount]);
      await publish(Saved, { aggregateId: data.account, data });
      obstacle(attempt);
      await upsert(tx, data.account, data.amount);
    }),
  ],
});

const bank = await specification({ tables, consumers: [savings] });
const deposit = (amount: number, version?: number) =>
  event(Deposited, {
    aggregateId: 'a-1',
    data: { account: 'a-1', amount },
    ...(version === undefined ? {} : { version }),
  });
const saved = (amount: number) => event(Saved, { aggregateId: 'a-1', data: { account: 'a-1', amount } });

describe('a specification', () => {
  it('tells what was published and what the rows are, of what happened since when', async () => {
    const second = deposit(2);
    await bank
      .given(deposit(1))
      .when(second)
      .then({
        published: [
          event(Saved, { aggregateId: 'a-1', version: 2, data: { account: 'a-1', amount: 2 }, causationId: second.id }),
        ],
        rows: {
          balance: [{ account: 'a-1', amount: '3' }],
          'SELECT amount FROM entry ORDER BY n DESC': [{ amount: 2 }, { amount: 1 }],
        },
      });
  });

  it('begins with nothing, whatever another did', async () => {
    await bank.when(deposit(5)).then({ rows: { balance: [{ amount: '5' }], entry: [{ amount: 5 }] } });
    await bank.when(deposit(6)).then({ rows: { balance: [{ amount: '6' }], entry: [{ amount: 6 }] } });
  });

  it('delivers twice what is named twice, and in the order in which it is named', async () => {
    const [first, second] = [deposit(1, 1), deposit(2, 2)];
    await bank.when(second, first, second).then({
      published: [saved(1), saved(2)],
      skipped: ['duplicate'],
      rows: { entry: [{ amount: 1 }, { amount: 2 }] },
    });
  });

  it('lets a failed handler leave nothing behind, and tries it again without waiting', async () => {
    obstacle = (attempt) => {
      if (attempt < 4) throw new Error(`attempt ${attempt} failed`);
    };
    await bank
      .when(deposit(1))
      .then({ published: [saved(1)], rows: { entry: [{ amount: 1 }], balance: [{ amount: '1' }] } });
    obstacle = () => {
      throw new Error('never');
    };
    const began = performance.now();
    await bank.when(deposit(1), deposit(2)).then({
      published: [],
      parked: [
        { version: 1, reason: 'dead', error: 'never', attempts: savings.retry.maxAttempts },
        { version: 2, reason: 'behind' },
      ],
      rows: { entry: [], balance: [] },
    });
    expect(performance.now() - began).toBeLessThan(4_000);
    obstacle = () => undefined;
  });

  it('fetches from the producer what the log does not bring', async () => {
    await bank
      .given(atProducer(deposit(1, 1)), atProducer(deposit(2, 2)))
      .when(deposit(3, 3))
      .then({ published: [saved(1), saved(2), saved(3)] });
  });

  it('runs a consumer or a handler that is named, on what was given', async () => {
    const none = await specification({ tables });
    const given = none.given(deposit(1), deposit(2));
    await given.when(savings).then({ published: [saved(1), saved(2)] });
    const count = on(Deposited, async ({ data }, { tx }) => void (await upsert(tx, data.account, data.amount)));
    await given.when(count).then({ published: [], rows: { balance: [{ amount: '3' }] } });
    await expect(none.when(deposit(1)).then({})).rejects.toThrow('There is no consumer');
  });

  it('sets a projection from a snapshot', async () => {
    const projection = consumer({
      name: 'savings.accounts',
      kind: 'projection',
      handlers: [on(Deposited, async ({ data }, { tx }) => void (await upsert(tx, data.account, data.amount)))],
      snapshots: [onSnapshot(Account, async ({ data }, { tx }) => void (await upsert(tx, data.account, data.amount)))],
    });
    const state = event(Account, { aggregateId: 'a-1', version: 7, data: { account: 'a-1', amount: 70 } });
    const accounts = await specification({ tables, consumers: [projection] });
    await accounts
      .given(atProducer(state))
      .when(deposit(8, 8))
      .then({ rows: { balance: [{ amount: '78' }] } });
  });

  it('makes calls to the outside, and hands their outcome to the handler', async () => {
    const keys: string[] = [];
    const calling = onExternal(Deposited, {
      external: {
        idempotent: true,
        async call({ data }, { idempotencyKey, db }) {
          keys.push(idempotencyKey);
          const { rows } = await db.query('SELECT count(*) AS before FROM entry');
          return `${data.account} after ${String(rows[0]?.['before'])}`;
        },
      },
      handle: async (_, { tx }, outcome) => void (await upsert(tx, outcome ?? 'none', 1)),
    });
    const first = deposit(1);
    await bank
      .given(first)
      .when(calling)
      .then({ rows: { balance: [{ account: 'a-1' }, { account: 'a-1 after 1' }] } });
    expect(keys).toEqual([first.id]);
  });

  it('hands the values of columns over as pg does', async () => {
    const seen: unknown[] = [];
    const looking = on(Deposited, async (_, { tx }) => {
      const { rows } = await tx.query(
        `SELECT count(*) AS n, 1.50::numeric AS d, $1::timestamptz AS at, $2::jsonb AS j, $3::text[] AS t, '\\x00ff'::bytea AS b FROM entry`,
        [new Date(0), { a: [1] }, ['x', 'y,"z']],
      );
      seen.push(rows[0]);
    });
    const none = await specification({ tables });
    await none.given(deposit(1)).when(looking).then({});
    expect(seen).toEqual([
      { n: '0', d: '1.50', at: new Date(0), j: { a: [1] }, t: ['x', 'y,"z'], b: Buffer.from([0, 255]) },
    ]);
  });
});

describe('a specification that does not hold', () => {
  const failureOf = async (failing: Promise<void>): Promise<SpecificationError> => {
    const error: unknown = await failing.catch((thrown: unknown) => thrown);
    if (!(error instanceof SpecificationError)) throw new Error('it held');
    return error;
  };

  it('says which events were published instead', async () => {
    const error = await failureOf(bank.when(deposit(1)).then({ published: [saved(2)] }));
    expect(error.message).toBe('The published events are not the 1 expected: savings.v1.Saved of a-1, version 1');
    expect(error.actual).toMatchObject([{ aggregateId: 'a-1', data: { account: 'a-1', amount: 1 } }]);
    expect(await failureOf(bank.when(deposit(1)).then({ published: [] }))).toBeInstanceOf(SpecificationError);
  });

  it('says which rows there are instead', async () => {
    const error = await failureOf(bank.when(deposit(1)).then({ rows: { balance: [{ amount: '2' }] } }));
    expect(error.message).toContain('The rows of balance');
    expect(error.actual).toEqual([{ amount: '1' }]);
    expect((await failureOf(bank.when(deposit(1)).then({ rows: { balance: [] } }))).message).toContain('"amount":"1"');
  });

  it('names an event that could not be handled, also when nobody asked', async () => {
    obstacle = () => {
      throw new Error('no such account');
    };
    const { message } = await failureOf(bank.when(deposit(1)).then({}));
    obstacle = () => undefined;
    expect(message).toMatch(
      /bank.v1.Deposited of a-1, version 1, is parked by savings.plans as dead .*no such account/,
    );
  });

  it('answers what happened, to look at it oneself', async () => {
    const { published, rows, parked, skipped } = await bank.when(deposit(1)).outcome();
    expect(published.map(({ type, data }) => [type, data])).toEqual([
      ['savings.v1.Saved', { account: 'a-1', amount: 1 }],
    ]);
    expect(rows['entry']).toHaveLength(1);
    expect([parked, skipped]).toEqual([[], []]);
  });

  it('does not pass for a promise when it is awaited without a word of what is expected', async () => {
    const awaited: unknown = bank.when(deposit(1));
    await expect(Promise.resolve(awaited)).rejects.toThrow('Say what is expected');
  });
});
