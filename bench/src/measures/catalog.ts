import type { Section } from '../report/section.ts';
import { measureConsume } from './consume.ts';
import { measureEndToEnd } from './end-to-end.ts';
import { measureEnqueue } from './enqueue.ts';
import { measureGrowth } from './growth.ts';
import { measureIdle } from './idle.ts';
import { measureIsolation } from './isolation.ts';
import { measureLatency } from './latency.ts';
import { measureLongTransaction } from './long-transaction.ts';
import { measureOutage } from './outage.ts';
import { measureRelay } from './relay.ts';
import { measureTracing } from './tracing.ts';
import type { Bench } from './measure.ts';
import type { MeasureName } from './names.ts';

interface Measure {
  run(bench: Bench): Promise<void>;
  /** What the page says of it. */
  readonly sections: readonly Section[];
}

/** What can be measured, by its name on the command line. */
export const measures: Readonly<Record<MeasureName, Measure>> = {
  relay: {
    run: measureRelay,
    sections: [
      {
        name: 'relay',
        title: 'Draining a backlog',
        main: { measure: 'drain', better: 'higher' },
        beside: ['drain CPU', 'drain memory'],
      },
    ],
  },
  consume: {
    run: measureConsume,
    sections: [
      {
        name: 'consume',
        title: 'Consuming into a projection',
        main: { measure: 'consume', better: 'higher' },
        beside: ['consume CPU', 'consume memory'],
      },
    ],
  },
  enqueue: {
    run: measureEnqueue,
    sections: [
      {
        name: 'enqueue',
        title: 'Transactions with an event, many aggregates',
        main: { measure: 'enqueue', better: 'higher' },
        beside: [],
      },
      {
        name: 'enqueue-hot',
        title: 'Transactions with an event, one hot aggregate',
        main: { measure: 'enqueue hot', better: 'higher' },
        beside: [],
      },
    ],
  },
  latency: {
    run: measureLatency,
    sections: [
      {
        name: 'latency-500',
        title: 'Latency at 500 events/s',
        main: { measure: 'p50 at 500/s', better: 'lower' },
        beside: ['p99 at 500/s', 'max at 500/s', 'relay CPU at 500/s', 'relay memory at 500/s'],
      },
      {
        name: 'latency-1000',
        title: 'Latency at 1,000 events/s',
        main: { measure: 'p50 at 1000/s', better: 'lower' },
        beside: ['p99 at 1000/s', 'max at 1000/s', 'relay CPU at 1000/s', 'relay memory at 1000/s'],
      },
      {
        name: 'latency-2000',
        title: 'Latency at 2,000 events/s',
        main: { measure: 'p50 at 2000/s', better: 'lower' },
        beside: ['p99 at 2000/s', 'max at 2000/s', 'relay CPU at 2000/s', 'relay memory at 2000/s'],
      },
    ],
  },
  idle: {
    run: measureIdle,
    sections: [
      {
        name: 'idle',
        title: 'A service at rest',
        main: { measure: 'idle CPU', better: 'lower' },
        beside: ['idle queries', 'idle memory'],
      },
    ],
  },
  'end-to-end': {
    run: measureEndToEnd,
    sections: [
      {
        name: 'end-to-end',
        title: 'From publish to the effect in another service at 1,000 events/s',
        main: { measure: 'end to end p50', better: 'lower' },
        beside: ['end to end p99', 'end to end max'],
      },
    ],
  },
  tracing: {
    run: measureTracing,
    sections: [
      {
        name: 'tracing-drain',
        title: 'Draining a backlog with tracing',
        main: { measure: 'traced drain', better: 'higher' },
        beside: ['traced drain CPU'],
      },
      {
        name: 'tracing-consume',
        title: 'Consuming with tracing',
        main: { measure: 'traced consume', better: 'higher' },
        beside: ['traced consume CPU'],
      },
      {
        name: 'tracing-enqueue',
        title: 'Transactions with an event, with tracing',
        main: { measure: 'traced enqueue', better: 'higher' },
        beside: [],
      },
    ],
  },
  'long-transaction': {
    run: measureLongTransaction,
    sections: [
      {
        name: 'long-transaction',
        title: 'Latency beside a long transaction at 500 events/s',
        main: { measure: 'long transaction p50', better: 'lower' },
        beside: ['long transaction p99', 'long transaction max'],
      },
      {
        name: 'long-transaction-hot',
        title: 'One hot aggregate beside a long transaction',
        main: { measure: 'hot aggregate', better: 'higher' },
        beside: [],
      },
    ],
  },
  growth: {
    run: measureGrowth,
    sections: [
      ...['drain', 'consume', 'enqueue'].map((what): Section => ({
        name: `growth-${what}`,
        title: `Growth: ${what} beside a long history`,
        main: { measure: `grown ${what}`, better: 'higher' },
        beside: [`grown ${what} CPU`, `grown ${what} memory`],
      })),
      {
        name: 'growth-backlog',
        title: 'Growth: a large backlog',
        main: { measure: 'large backlog', better: 'higher' },
        beside: [],
      },
      {
        name: 'growth-relays',
        title: 'Growth: two relays on one database',
        main: { measure: 'shared drain', better: 'higher' },
        beside: [],
      },
      {
        name: 'growth-failover',
        title: 'Growth: the longest wait when one of two relays is killed',
        main: { measure: 'failover', better: 'lower' },
        beside: [],
      },
      {
        name: 'growth-memory',
        title: 'Growth: memory at full load',
        main: { measure: 'memory over time', better: 'lower' },
        beside: [],
      },
    ],
  },
  outage: {
    run: measureOutage,
    sections: [
      {
        name: 'outage',
        title: 'Calls to a dependency that is down',
        main: { measure: 'calls while down', better: 'lower' },
        beside: [
          'share of the load',
          'busiest second after',
          'calls at once after',
          'backlog gone after',
          'standstill',
        ],
      },
    ],
  },
  isolation: {
    run: measureIsolation,
    sections: [
      {
        name: 'isolation',
        title: 'Time to visibility of the other entities beside one that fails',
        main: { measure: 'isolation p50', better: 'lower' },
        beside: ['isolation max'],
      },
      {
        name: 'isolation-p99',
        title: 'The slowest hundredth of the other entities beside one that fails',
        main: { measure: 'isolation p99', better: 'lower' },
        beside: [],
      },
    ],
  },
};
