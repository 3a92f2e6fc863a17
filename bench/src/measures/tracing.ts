import { waybillEnqueue } from '../contestants/enqueuers.ts';
import { waybillConsumer } from '../contestants/waybill/consumer.ts';
import { waybillRelay } from '../contestants/waybill/relay.ts';
import type { Tracing } from '../process/launch.ts';
import { startTraceSink } from '../world/trace-sink.ts';
import { plainPlace } from '../world/world.ts';
import { consume, filledTopic } from './consume.ts';
import { enqueue } from './enqueue.ts';
import type { Bench } from './measure.ts';
import { drain } from './relay.ts';

const SHARE = 0.1;

/** What throughput is left with tracing on, as services have it, with a tenth of the traces kept. */
export async function measureTracing(bench: Bench): Promise<void> {
  const { world, sizes } = bench;
  await using sink = await startTraceSink();
  await using full = await filledTopic(bench, sizes.events);
  const tracing: Tracing = { endpoint: sink.endpoint, ratio: SHARE };
  for (let round = 0; round < sizes.rounds; round += 1) {
    const runs = [
      { as: 'waybill', tracing: undefined },
      { as: 'waybill-traced', tracing },
    ];
    for (const run of round % 2 === 0 ? runs : runs.toReversed()) {
      await drain(bench, waybillRelay, { measure: 'traced drain', round, ...run });
      await using own = await world.place(run.as, sizes.aggregates);
      const place = { ...plainPlace(own), topic: full.topic };
      await consume(bench, waybillConsumer, { measure: 'traced consume', round, place, records: sizes.events, ...run });
      const { aggregates } = sizes;
      await enqueue(bench, waybillEnqueue, { measure: 'traced enqueue', kind: 'enqueuer', round, aggregates, ...run });
    }
  }
}
