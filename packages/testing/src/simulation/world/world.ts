import { type EventId, newEventId } from '@waybill/contracts';
import type { Clock, Logger } from '@waybill/messaging';
import { MemoryDatabase } from '../../memory/database/memory-database.ts';
import { MemoryLog } from '../../memory/log/memory-log.ts';
import { Network } from '../kernel/network.ts';
import { Random } from '../kernel/random.ts';
import { Scheduler } from '../kernel/scheduler.ts';
import { EPOCH_MS, SimulatedProcess } from '../kernel/simulated-process.ts';
import type { ConsumerName, Plan, PlannedFailure } from '../plan/plan.ts';
import { topics } from './contracts.ts';
import { defineConsumers, defineSource, factDataOf } from './domain.ts';

/** A call that reached the outside world; nothing there knows of dedupe rows. */
export interface OutsideCall {
  readonly consumer: string;
  readonly key: string;
}

/** A promise that was broken, and by what. */
export interface Violation {
  readonly invariant: string;
  readonly what: string;
}

export const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  child: () => silent,
};

/** What exists beside the processes: time, network, two databases, the log, the outside; and what was seen to go wrong. */
export class World {
  readonly plan: Plan;
  readonly scheduler = new Scheduler();
  readonly network: Network;
  readonly random: Random;
  readonly orders: MemoryDatabase;
  readonly shop: MemoryDatabase;
  readonly log: MemoryLog;
  readonly outside: OutsideCall[] = [];
  readonly violations: Violation[] = [];
  /** Where each consumer began to read a partition, by `consumer topic partition`. */
  readonly beganAt = new Map<string, bigint>();
  readonly #ids: Random;
  readonly #failures: ReadonlyMap<string, PlannedFailure>;
  readonly #attempts = new Map<string, number>();
  isCalm = false;

  constructor(plan: Plan) {
    this.plan = plan;
    this.random = new Random(plan.seed, 'world');
    this.#ids = new Random(plan.seed, 'ids');
    this.network = new Network(plan.network, new Random(plan.seed, 'network'));
    const clock = this.#serverClock();
    this.orders = new MemoryDatabase({ clock });
    this.shop = new MemoryDatabase({ clock });
    defineSource(this.orders);
    defineConsumers(this.shop);
    this.log = new MemoryLog({ clock, rebalanceTimeoutMs: 1_500 });
    for (const topic of topics) this.log.createTopic(topic, plan.partitions);
    this.log.refuse = ({ value, headers }) => {
      if (this.isCalm || headers['ce_type']?.includes('Changed') !== true) return undefined;
      return plan.refused.includes(factDataOf(value).n) ? 'MESSAGE_TOO_LARGE' : undefined;
    };
    this.#failures = new Map(plan.failures.map((failure) => [`${failure.consumer} ${failure.n}`, failure]));
  }

  get now(): number {
    return this.scheduler.now;
  }

  /** Milliseconds since 1970, as the servers have it. */
  get serverTime(): number {
    return EPOCH_MS + this.scheduler.now;
  }

  newProcess(name: string, incarnation: number): SimulatedProcess {
    const isSecond = name.endsWith('2');
    return new SimulatedProcess(name, {
      scheduler: this.scheduler,
      network: this.network,
      random: new Random(this.plan.seed, `${name} ${incarnation}`),
      clockOffsetMs: isSecond ? this.plan.clockOffsetMs : 0,
    });
  }

  newEventId(): EventId {
    return newEventId(new Date(this.serverTime), this.#ids.bytes());
  }

  /** What a handler should do instead of its work this time. */
  failureOf(consumer: ConsumerName, n: number): PlannedFailure['how'] | undefined {
    const failure = this.#failures.get(`${consumer} ${n}`);
    if (failure === undefined) return undefined;
    const attempt = (this.#attempts.get(`${consumer} ${n}`) ?? 0) + 1;
    this.#attempts.set(`${consumer} ${n}`, attempt);
    if (failure.how === 'terminal') return this.#isMended ? undefined : failure.how;
    return attempt <= failure.times ? failure.how : undefined;
  }

  /** Whether what failed for good would do so no more. */
  get #isMended(): boolean {
    return this.plan.operations.length > 0 && this.now >= this.plan.mendedAtMs;
  }

  violated(invariant: string, what: string): void {
    if (this.violations.length < 20) this.violations.push({ invariant, what });
  }

  #serverClock(): Clock {
    return {
      monotonic: () => this.now,
      now: () => this.serverTime,
      random: () => this.random.next(),
      after: (ms, act) => this.scheduler.after(ms, 'a server wakes', act),
      sleep: async (ms) => new Promise((resolve) => this.scheduler.after(ms, 'a server wakes', () => resolve())),
    };
  }
}
