import { type GaugeValue, type Metrics, observedGauge } from '../http/metrics.ts';
import type { FlowNow } from '../operations/flow-api.ts';
import type { Flows } from './flows.ts';

/** Shows how each consumer does, by the samples of its service; every process of it shows the same. */
export function observeFlows({ registry }: Metrics, flows: Pick<Flows, 'now'>): void {
  const gauge = (name: string, help: string, read: (flow: FlowNow) => number | undefined) =>
    observedGauge(registry, { name: `waybill_consumer_${name}`, help, labels: ['consumer'] }, async () =>
      (await knownOf(flows)).map(([consumer, flow]): GaugeValue<'consumer'> => [{ consumer }, read(flow)]),
    );
  gauge('lag_events', 'Records in the topics of the consumer that it has not read', ({ lagEvents }) => lagEvents);
  gauge('lag_seconds', 'How long the oldest record that it has not read has waited', ({ lagEvents, lagMs }) =>
    lagEvents === undefined ? undefined : (lagMs ?? 0) / 1_000,
  );
  gauge('came_per_second', 'Records that came to its topics, over the last minute', (flow) => flow.camePerSecond);
  gauge('handled_per_second', 'Events handled, over the last minute', (flow) => flow.handledPerSecond);
  gauge('failed_per_second', 'Failed attempts, over the last minute', (flow) => flow.failedPerSecond);
  gauge(
    'budget_burnt_ratio',
    'Of the events that may come late in a day, the share that did; above 1 the objective is missed',
    ({ objective }) => objective.burnt,
  );
  gauge(
    'objective_seconds',
    'Within which its events are to be visible',
    ({ objective }) => objective.visibleWithinMs / 1_000,
  );
  observedGauge(
    registry,
    {
      name: 'waybill_consumer_visibility_seconds',
      help: 'From when an event happened to when it was handled, over the last minutes',
      labels: ['consumer', 'quantile'],
    },
    async () =>
      (await knownOf(flows)).flatMap(([consumer, { visibility }]): GaugeValue<'consumer' | 'quantile'>[] =>
        visibility === undefined
          ? []
          : [
              [{ consumer, quantile: '0.5' }, visibility.p50Ms / 1_000],
              [{ consumer, quantile: '0.95' }, visibility.p95Ms / 1_000],
              [{ consumer, quantile: '0.99' }, visibility.p99Ms / 1_000],
              [{ consumer, quantile: '1' }, visibility.maxMs / 1_000],
            ],
      ),
  );
}

async function knownOf(flows: Pick<Flows, 'now'>): Promise<readonly (readonly [string, FlowNow])[]> {
  try {
    return [...(await flows.now())];
  } catch {
    // The database is down: what is not known is not shown, and the rest of the metrics still is.
    return [];
  }
}
