import { propagation } from '@opentelemetry/api';
import { kafkaPublisher } from '@waybill/kafka';
import { createOutbox, startRelay } from '@waybill/messaging';
import { postgresNotifier, postgresOutbox, postgresRelayStore, publishingPool, transaction } from '@waybill/postgres';
import pg from 'pg';
import { errorLogger } from '../../process/error-logger.ts';
import { baggageOf, entityId, measuredContract, measuredData, SOURCE, traceparentOf } from '../../world/event.ts';
import type { Place } from '../../world/place.ts';
import { WRITERS } from '../plain-outbox.ts';
import type { LatencyContestant } from '../contestant.ts';
import type { EventWriter } from '../writer.ts';
import { prepareWaybill } from './backlog.ts';

/** As a service runs by default: its relay is in its own process, and is woken by a call. */
export const waybillWriter: LatencyContestant = {
  name: 'waybill',
  role: 'ours',
  what: "`publish` in a transaction, with the relay in the service's own process, which is the default",
  prepare: prepareWaybill,
  relay: undefined,
  writer(place) {
    const log = errorLogger();
    const publisher = kafkaPublisher({ brokers: place.brokers, clientId: place.run, log });
    const relay = startRelay({ store: postgresRelayStore({ connectionString: place.databaseUrl }), publisher, log });
    const writer = publishing(place, () => () => relay.wake());
    return Promise.resolve({
      ...writer,
      async close() {
        await writer.close();
        await relay.stop();
        await publisher.close();
      },
    });
  },
};

/** The relay in a process of its own, woken by NOTIFY after the commit. */
export const waybillApartWriter: LatencyContestant = {
  name: 'waybill-apart',
  role: 'ours',
  what: 'the same with the relay in a process of its own, woken by a NOTIFY after the commit',
  prepare: prepareWaybill,
  relay: 'waybill',
  writer: (place) =>
    Promise.resolve(
      publishing(place, (pool) => {
        const notifier = postgresNotifier(pool);
        return () => notifier.wake();
      }),
    ),
};

/** Only the business process: what publishes its outbox is another's business. */
export function unattended(place: Place): EventWriter {
  return publishing(place, () => () => undefined);
}

function publishing(place: Place, wakeOf: (pool: pg.Pool) => () => void): EventWriter {
  traceEverything();
  const pool = new pg.Pool({ connectionString: place.databaseUrl, max: WRITERS });
  const lending = publishingPool(pool);
  const contract = measuredContract(place.topic);
  const wake = wakeOf(pool);
  const outbox = createOutbox({
    store: postgresOutbox(),
    schemaIds: { idOf: () => place.schemaId },
    source: SOURCE,
    wake,
  });
  return {
    async write(sequence) {
      const aggregateId = entityId(sequence % place.aggregates);
      await transaction(
        lending,
        (tx) => outbox.publish(tx, contract, { aggregateId, data: measuredData(sequence, aggregateId) }),
        { committed: wake },
      );
    },
    close: () => pool.end(),
  };
}

/**
 * Rows get the two headers that tracing gives them, without the cost of a tracer, which is a measure of its own; in a
 * process that is traced the real ones are there already, and stay.
 */
function traceEverything(): void {
  propagation.setGlobalPropagator({
    inject(context, carrier, setter) {
      setter.set(carrier, 'traceparent', traceparentOf(1));
      const correlationId = propagation.getBaggage(context)?.getEntry('correlation.id')?.value ?? '';
      setter.set(carrier, 'baggage', baggageOf(correlationId));
    },
    extract: (context) => context,
    fields: () => ['traceparent', 'baggage'],
  });
}
