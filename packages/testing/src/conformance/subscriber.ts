import { randomUUID } from 'node:crypto';
import { CannotFollowError } from '@waybill/messaging';
import type {
  LogRecord,
  PartitionBounds,
  RecordBatch,
  Subscriber,
  Subscription,
  SubscriptionHandler,
} from '@waybill/messaging';
import { eventually as waitFor } from '../eventually.ts';
import type { LogWorkbench, TestApi } from './workbench.ts';

/** What every {@link Subscriber} must do, against a real broker. */
export function subscriberConformance(
  { describe, it, expect }: TestApi,
  name: string,
  workbench: () => LogWorkbench,
): void {
  describe(`${name} as a subscriber`, () => {
    it('delivers every record of each partition in offset order, in bounded batches', async () => {
      const { topic, group } = await prepared(workbench(), 3, 700);
      const member = new Member();
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 700,
          () => member.records.length,
        );
      });
      expect(idsByPartition(member.records)).toEqual(idsByPartition(await workbench().readTopic(topic)));
      expect(Math.max(...member.batches.map(({ records }) => records.length))).toBeLessThanOrEqual(100);
      expect(member.overlaps).toBe(0);
    });

    it('says where reading goes on from, so that the parts of a batch join up', async () => {
      const { topic, group } = await prepared(workbench(), 1, 250);
      const member = new Member();
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 250,
          () => member.records.length,
        );
      });
      expect(member.batches.map(({ nextOffset }) => nextOffset).at(-1)).toBe(250n);
      for (const [index, { records }] of member.batches.entries()) {
        expect(records[0]?.offset).toBe(index === 0 ? 0n : member.batches[index - 1]?.nextOffset);
      }
    });

    it('tells the bounds of a partition, and the offset at a time', async () => {
      const { topic, group } = await prepared(workbench(), 1, 10);
      await workbench().commitOffset(group, topic, 0, 4n);
      await workbench().dropBefore(topic, 0, 2n);
      const member = new Member();
      let times: readonly bigint[] = [];
      member.startOf = (bounds) => bounds.low;
      member.whenAssigned = async ([bounds]) => {
        if (bounds !== undefined) times = [await bounds.offsetAt(0), await bounds.offsetAt(Date.now() + 3_600_000)];
      };
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 8,
          () => member.records.length,
        );
      });
      expect(member.bounds[0]).toMatchObject({ topic, partition: 0, low: 2n, high: 10n, committed: 4n });
      expect(times).toEqual([2n, 10n]);
    });

    it('begins where it was told to, whatever the group has committed', async () => {
      const { topic, group } = await prepared(workbench(), 1, 20);
      await workbench().commitOffset(group, topic, 0, 15n);
      const member = new Member();
      member.startOf = () => 7n;
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 13,
          () => member.records.length,
        );
      });
      expect(member.records.map(({ offset }) => offset)).toEqual(
        Array.from({ length: 13 }, (_, index) => BigInt(index + 7)),
      );
    });

    it('delivers nothing that was there before when it starts at the end', async () => {
      const { topic, group } = await prepared(workbench(), 1, 5);
      const member = new Member();
      member.startOf = (bounds) => bounds.high;
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.isHealthy,
          () => member.problems,
        );
        await publish(workbench(), topic, ['later']);
        await eventually(
          () => member.records.length > 0,
          () => member.records.length,
        );
      });
      expect(member.records.map(({ headers }) => headers['ce_id'])).toEqual(['later']);
    });

    it('delivers a batch again when its delivery failed, and nothing of its partition in between', async () => {
      const { topic, group } = await prepared(workbench(), 1, 3);
      const member = new Member();
      member.failures = 3;
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 3,
          () => member.records.length,
        );
      });
      expect(member.failures).toBe(0);
      expect(member.records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    });

    it('commits what was dealt with, at the latest when it stops', async () => {
      const { topic, group } = await prepared(workbench(), 1, 42);
      const member = new Member();
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 42,
          () => member.records.length,
        );
      });
      expect(await workbench().committedOffset(group, topic, 0)).toBe(42n);
    });

    it('keeps its membership while it is paused, and goes on where it was', async () => {
      const { topic, group } = await prepared(workbench(), 2, 10);
      const member = new Member();
      await subscribed(workbench(), group, topic, member, async (subscription) => {
        await eventually(
          () => member.records.length >= 10,
          () => member.records.length,
        );
        subscription.pause();
        subscription.pause();
        await publish(workbench(), topic, ['while-paused']);
        const until = Date.now() + 3_000;
        await eventually(
          () => Date.now() > until || member.records.length > 10,
          () => member.records.length,
        );
        expect(member.records).toHaveLength(10);
        expect(await workbench().memberCount(group)).toBe(1);
        expect(member.assignments).toBe(1);
        subscription.resume();
        await eventually(
          () => member.records.length >= 11,
          () => member.records.length,
        );
      });
      expect(member.records.at(-1)?.headers['ce_id']).toBe('while-paused');
    });

    it('loses nothing when members come and go', async () => {
      const { topic, group } = await prepared(workbench(), 6, 0);
      const positions = new Map<string, bigint>();
      const [first, second] = [new Member(positions), new Member(positions)];
      const ids = Array.from({ length: 60 }, (_, index) => `event-${index}`);
      const seen = (): Set<string> =>
        new Set([...first.records, ...second.records].map(({ headers }) => headers['ce_id'] ?? ''));
      await subscribed(workbench(), group, topic, first, async () => {
        await eventually(
          () => first.isHealthy,
          () => first.problems,
        );
        await publish(workbench(), topic, ids.slice(0, 20));
        await subscribed(workbench(), group, topic, second, async () => {
          await eventually(
            () => second.partitions.length === 3 && first.partitions.length === 3,
            () => [first.partitions, second.partitions],
          );
          await publish(workbench(), topic, ids.slice(20, 40));
          await eventually(
            () => seen().size >= 40,
            () => [...seen()],
          );
        });
        await publish(workbench(), topic, ids.slice(40));
        await eventually(
          () => seen().size >= 60,
          () => [...seen()],
        );
        await eventually(
          () => first.partitions.length === 6,
          () => first.partitions,
        );
      });
      expect([...seen()].toSorted()).toEqual(ids.toSorted());
      expect(second.records.length).toBeGreaterThan(0);
    });

    it('waits for the delivery under way when it stops, and starts no other', async () => {
      const { topic, group } = await prepared(workbench(), 1, 150);
      const member = new Member();
      const gate = Promise.withResolvers<void>();
      member.beforeDelivery = () => gate.promise;
      const subscriber = workbench().makeSubscriber();
      const subscription = await subscriber.subscribe({ group, topics: [topic] }, member);
      await eventually(
        () => member.started > 0,
        () => member.started,
      );
      const stopped = subscription.stop();
      gate.resolve();
      await stopped;
      await subscription.ended;
      expect(member.started).toBe(1);
      expect(member.records).toHaveLength(100);
      expect(await workbench().committedOffset(group, topic, 0)).toBe(100n);
      await eventually(
        async () => (await workbench().memberCount(group)) === 0,
        () => 'still a member',
      );
      await subscriber.close();
    });

    it('keeps its membership through a delivery that takes long', async () => {
      const { topic, group } = await prepared(workbench(), 1, 1);
      const member = new Member();
      const until = Date.now() + 12_000;
      member.beforeDelivery = () =>
        eventually(
          () => Date.now() > until,
          () => 'waiting',
        );
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length > 0,
          () => member.started,
        );
      });
      expect(member.assignments).toBe(1);
      expect(member.started).toBe(1);
    });

    it('asks again where to begin when that could not be said, and then goes on', async () => {
      const { topic, group } = await prepared(workbench(), 1, 3);
      const member = new Member();
      member.whenAssigned = () =>
        member.assignments <= 2 ? Promise.reject(new Error('the database is away')) : Promise.resolve();
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 3 && member.isHealthy,
          () => member.records.length,
        );
      });
      expect(member.problems).toEqual(['the database is away', 'the database is away']);
      expect(member.records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    });

    it('asks anew where a partition is at when its deliveries go on failing', async () => {
      const { topic, group } = await prepared(workbench(), 1, 3);
      const member = new Member();
      let taken = true;
      member.beforeDelivery = () => (taken ? Promise.reject(new Error('another took it')) : Promise.resolve());
      member.whenAssigned = async () => {
        taken = member.assignments === 1;
      };
      await subscribed(workbench(), group, topic, member, async () => {
        await eventually(
          () => member.records.length >= 3,
          () => member.records.length,
        );
      });
      expect(member.assignments).toBe(2);
      expect(member.records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    });

    it('ends with the error that the assignment threw when nothing can be read from there', async () => {
      const { topic, group } = await prepared(workbench(), 1, 1);
      const member = new Member();
      member.whenAssigned = () => Promise.reject(new CannotFollowError('log.history-lost', 'history lost'));
      const subscriber = workbench().makeSubscriber();
      const subscription = await subscriber.subscribe({ group, topics: [topic] }, member);
      await expect(subscription.ended).rejects.toThrow('history lost');
      expect(member.records).toEqual([]);
      await subscriber.close();
    });

    it('ends rather than jump when it is told to begin before the log does', async () => {
      const { topic, group } = await prepared(workbench(), 1, 10);
      await workbench().dropBefore(topic, 0, 5n);
      const member = new Member();
      member.startOf = () => 2n;
      const subscriber = workbench().makeSubscriber();
      const subscription = await subscriber.subscribe({ group, topics: [topic] }, member);
      await expect(subscription.ended).rejects.toThrow('offset 2 was asked for');
      expect(member.records).toEqual([]);
      await subscriber.close();
    });

    it('is unhealthy while its topic is missing, and goes on trying', async () => {
      const member = new Member();
      const group = `group.${randomUUID()}`;
      await subscribed(workbench(), group, `unknown.${randomUUID()}`, member, async () => {
        await eventually(
          () => member.problems.length > 1,
          () => member.problems,
        );
      });
      expect(member.isHealthy).toBe(false);
    });
  });
}

/** A member of a group that remembers what it was given, and its positions, as a consumer's database would. */
class Member implements SubscriptionHandler {
  readonly records: LogRecord[] = [];
  readonly batches: RecordBatch[] = [];
  readonly problems: string[] = [];
  bounds: readonly PartitionBounds[] = [];
  partitions: readonly number[] = [];
  assignments = 0;
  isHealthy = false;
  failures = 0;
  started = 0;
  overlaps = 0;
  startOf: (bounds: PartitionBounds) => bigint;
  whenAssigned: (bounds: readonly PartitionBounds[]) => Promise<void> = () => Promise.resolve();
  beforeDelivery: () => Promise<void> = () => Promise.resolve();
  readonly #positions: Map<string, bigint>;
  readonly #busy = new Set<number>();

  constructor(positions = new Map<string, bigint>()) {
    this.#positions = positions;
    this.startOf = ({ topic, partition, low }) => this.#positions.get(`${topic}/${partition}`) ?? low;
  }

  async assigned(
    bounds: readonly PartitionBounds[],
  ): Promise<readonly { topic: string; partition: number; start: bigint }[]> {
    this.assignments += 1;
    this.bounds = bounds;
    this.partitions = bounds.map(({ partition }) => partition);
    await this.whenAssigned(bounds);
    return bounds.map((each) => ({ topic: each.topic, partition: each.partition, start: this.startOf(each) }));
  }

  async deliver(batch: RecordBatch): Promise<void> {
    this.started += 1;
    if (this.#busy.has(batch.partition)) this.overlaps += 1;
    this.#busy.add(batch.partition);
    try {
      await this.beforeDelivery();
      if (this.failures > 0) {
        this.failures -= 1;
        throw new Error('not this time');
      }
      this.batches.push(batch);
      this.records.push(...batch.records);
      this.#positions.set(`${batch.topic}/${batch.partition}`, batch.nextOffset);
    } finally {
      this.#busy.delete(batch.partition);
    }
  }

  health(problem: Error | undefined): void {
    this.isHealthy = problem === undefined;
    if (problem !== undefined) this.problems.push(problem.message);
  }
}

async function prepared(
  workbench: LogWorkbench,
  partitions: number,
  records: number,
): Promise<{ topic: string; group: string }> {
  const topic = await workbench.createTopic(partitions);
  await publish(
    workbench,
    topic,
    Array.from({ length: records }, (_, index) => String(index)),
  );
  return { topic, group: `group.${randomUUID()}` };
}

async function publish(workbench: LogWorkbench, topic: string, ids: readonly string[]): Promise<void> {
  const publisher = workbench.makePublisher();
  try {
    const outcomes = await publisher.send(
      ids.map((id) => ({ topic, key: id, value: Buffer.from(id), headers: { ce_id: id } })),
    );
    if (outcomes.some(({ status }) => status !== 'acknowledged'))
      throw new Error(`Not all of ${ids.length} records were taken.`);
  } finally {
    await publisher.close();
  }
}

async function subscribed(
  workbench: LogWorkbench,
  group: string,
  topic: string,
  member: Member,
  during: (subscription: Subscription) => Promise<void>,
): Promise<void> {
  const subscriber: Subscriber = workbench.makeSubscriber();
  const subscription = await subscriber.subscribe({ group, topics: [topic] }, member);
  try {
    await during(subscription);
  } finally {
    await subscription.stop();
    await subscriber.close();
  }
}

function idsByPartition(records: readonly LogRecord[]): Record<string, (string | undefined)[]> {
  const byPartition = Map.groupBy(records, ({ partition }) => String(partition));
  return Object.fromEntries(
    [...byPartition].map(([partition, all]) => [partition, all.map(({ headers }) => headers['ce_id'])]),
  );
}

async function eventually(condition: () => boolean | Promise<boolean>, seen: () => unknown): Promise<void> {
  await waitFor(
    async () => {
      if (await condition()) return true;
      throw new Error(
        JSON.stringify(seen(), (_, each: unknown) => (typeof each === 'bigint' ? each.toString() : each)),
      );
    },
    { what: 'What the test waits for', deadlineMs: 30_000 },
  );
}
