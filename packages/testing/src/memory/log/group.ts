import type { Clock } from '@waybill/messaging';

/** A partition of a topic, as a member gets it. */
export interface AssignedPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface JoinedGeneration {
  readonly generation: number;
  readonly partitions: readonly AssignedPartition[];
}

interface GroupMember {
  readonly id: string;
  readonly topics: readonly string[];
  /** Tells the member that it must join again, since what it has of this generation is no longer its own. */
  readonly rebalance: (generation: number) => void;
  joined: ((generation: JoinedGeneration) => void) | undefined;
}

/**
 * A consumer group at the broker. When members come or go, all must join again; the new generation begins once all
 * have, or without those who did not in time.
 */
export class Group {
  readonly committed = new Map<string, bigint>();
  readonly #members = new Map<string, GroupMember>();
  readonly #gone = new Set<string>();
  readonly #partitionsOf: (topic: string) => number;
  readonly #clock: Pick<Clock, 'after'>;
  readonly #rebalanceTimeoutMs: number;
  #generation = 0;
  #cancelTimeout: (() => void) | undefined;

  constructor(
    partitionsOf: (topic: string) => number,
    options: { readonly clock: Pick<Clock, 'after'>; readonly rebalanceTimeoutMs: number },
  ) {
    this.#partitionsOf = partitionsOf;
    this.#clock = options.clock;
    this.#rebalanceTimeoutMs = options.rebalanceTimeoutMs;
  }

  get memberIds(): readonly string[] {
    return [...this.#members.keys()];
  }

  /** Resolves when the next generation begins. */
  async join(
    id: string,
    topics: readonly string[],
    rebalance: (generation: number) => void,
  ): Promise<JoinedGeneration> {
    // A request that arrives after its sender was given up would make a member that never speaks again.
    if (this.#gone.has(id)) throw new Error(`${id} is no member of the group any more`);
    return new Promise((joined) => {
      const isNew = !this.#members.has(id);
      this.#members.set(id, { id, topics, rebalance, joined });
      if (isNew || this.#cancelTimeout === undefined) this.#begin();
      this.#completeWhenAllJoined();
    });
  }

  leave(id: string): void {
    this.#gone.add(id);
    if (!this.#members.delete(id)) return;
    if (this.#members.size === 0) return this.#stopWaiting();
    this.#begin();
    this.#completeWhenAllJoined();
  }

  /** Makes all members join again. */
  rebalance(): void {
    if (this.#members.size > 0) this.#begin();
  }

  /** Commits what a member of the present generation dealt with. False for any other. */
  commit(id: string, generation: number, offsets: ReadonlyMap<string, bigint>): boolean {
    if (generation !== this.#generation || !this.#members.has(id)) return false;
    for (const [partition, offset] of offsets) this.committed.set(partition, offset);
    return true;
  }

  #begin(): void {
    for (const member of this.#members.values()) if (member.joined === undefined) member.rebalance(this.#generation);
    this.#cancelTimeout ??= this.#clock.after(this.#rebalanceTimeoutMs, () => this.#complete());
  }

  #completeWhenAllJoined(): void {
    if ([...this.#members.values()].every(({ joined }) => joined !== undefined)) this.#complete();
  }

  #stopWaiting(): void {
    this.#cancelTimeout?.();
    this.#cancelTimeout = undefined;
  }

  #complete(): void {
    this.#stopWaiting();
    this.#generation += 1;
    const generation = this.#generation;
    // Who did not join in time is no member any more; it hears of it as of any rebalance, and joins again.
    for (const [id, { joined }] of this.#members) if (joined === undefined) this.#members.delete(id);
    const members = [...this.#members.values()].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const shares = new Map<string, AssignedPartition[]>(members.map(({ id }) => [id, []]));
    for (const topic of new Set(members.flatMap(({ topics }) => topics))) {
      const subscribed = members.filter(({ topics }) => topics.includes(topic));
      for (let partition = 0; partition < this.#partitionsOf(topic); partition += 1) {
        const member = subscribed[partition % subscribed.length];
        if (member !== undefined) shares.get(member.id)?.push({ topic, partition });
      }
    }
    for (const member of members) {
      const { joined } = member;
      member.joined = undefined;
      joined?.({ generation, partitions: shares.get(member.id) ?? [] });
    }
  }
}
