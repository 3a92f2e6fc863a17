import type { InboxStore, RelayStatus, RunningConsumer } from '@waybill/messaging';
import type { Metrics } from '../http/metrics.ts';
import { observedGauge } from '../http/metrics.ts';

/** Shows how the relay stands: its backlog, what it holds, and how long events wait to be published. */
export function observeRelay({ registry }: Metrics, status: () => RelayStatus | undefined): void {
  const gauge = (name: string, help: string, read: (relay: RelayStatus) => number) => {
    observedGauge(registry, { name: `waybill_relay_${name}`, help, labels: [] }, () => {
      const relay = status();
      return relay === undefined ? [] : [[{}, read(relay)]];
    });
  };
  gauge('connected', '1 while the relay is connected to its database', (relay) => (relay.connected ? 1 : 0));
  gauge('lag_events', 'Events not yet published, as an estimate', (relay) => relay.lagEvents);
  gauge('lag_seconds', 'Age of the oldest event not yet published', (relay) => relay.lagMs / 1000);
  gauge('held_aggregates', 'Aggregates whose events are held back', (relay) => relay.held);
  gauge('shards', 'Shards that this relay has leased', (relay) => relay.shards.length);
  gauge('published_events', 'Events published since the process started', (relay) => relay.published);
  gauge('retries', 'Sends that had to be repeated since the process started', (relay) => relay.retries);
}

/** Shows how each consumer stands: its state, what it did, and what is parked. */
export function observeConsumers(
  { registry }: Metrics,
  consumers: () => readonly RunningConsumer[],
  store: InboxStore,
): void {
  observedGauge(
    registry,
    { name: 'waybill_consumer_consuming', help: '1 while the consumer consumes', labels: ['consumer'] },
    () => consumers().map((one) => [{ consumer: one.status().name }, one.status().state === 'consuming' ? 1 : 0]),
  );
  observedGauge(
    registry,
    {
      name: 'waybill_consumer_events',
      help: 'Events since the process started, by what became of them',
      labels: ['consumer', 'outcome'],
    },
    () =>
      consumers().flatMap((one) => {
        const { name: consumer, counters } = one.status();
        return Object.entries(counters).map(([outcome, count]) => [{ consumer, outcome }, count] as const);
      }),
  );
  observedGauge(
    registry,
    {
      name: 'waybill_consumer_dependency_open',
      help: '1 while a dependency of the consumer failed so often that it is left alone',
      labels: ['consumer', 'dependency'],
    },
    () =>
      consumers().flatMap((one) => {
        const { name: consumer, breakers } = one.status();
        return breakers.map(({ dependency, state }) => [{ consumer, dependency }, state === 'closed' ? 0 : 1] as const);
      }),
  );
  observedGauge(
    registry,
    {
      name: 'waybill_consumer_oldest_parked_seconds',
      help: 'How long the oldest event that is parked has been; 0 when none is',
      labels: ['consumer'],
    },
    async () =>
      Promise.all(
        consumers().map(async (one) => {
          const { name: consumer } = one.status();
          return [{ consumer }, await oldestOf(consumer, store)] as const;
        }),
      ),
  );
  observedGauge(
    registry,
    { name: 'waybill_consumer_parked', help: 'Parked events, by why they are parked', labels: ['consumer', 'reason'] },
    async () => {
      const counted = await Promise.all(consumers().map((one) => parkedOf(one.status().name, store)));
      return counted.flat();
    },
  );
}

async function oldestOf(consumer: string, store: InboxStore): Promise<number | undefined> {
  try {
    return (await store.counts(consumer)).oldestSeconds ?? 0;
  } catch {
    return undefined;
  }
}

async function parkedOf(consumer: string, store: InboxStore) {
  try {
    const { waiting, retrying, dead } = await store.counts(consumer);
    return Object.entries({ waiting, retrying, dead }).map(([reason, count]) => [{ consumer, reason }, count] as const);
  } catch {
    // The database is down: what is not known is not shown, and the rest of the metrics still is.
    return [];
  }
}
