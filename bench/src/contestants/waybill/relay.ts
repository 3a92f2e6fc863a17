import { kafkaPublisher } from '@waybill/kafka';
import { type Relay, startRelay } from '@waybill/messaging';
import { postgresRelayStore } from '@waybill/postgres';
import { errorLogger } from '../../process/error-logger.ts';
import type { RelayContestant } from '../contestant.ts';
import { fillOutbox, prepareWaybill } from './backlog.ts';

/** Waybill's relay, alone in its process, with its defaults. */
export const waybillRelay: RelayContestant = {
  name: 'waybill',
  role: 'ours',
  what: "Waybill's relay in a process of its own, as `./waybill relay` runs it, all settings at their defaults",
  prepare: prepareWaybill,
  fill: (place, rows) => fillOutbox(place, rows),
  relay(place) {
    const log = errorLogger();
    const publisher = kafkaPublisher({ brokers: place.brokers, clientId: place.run, log });
    let relay: Relay | undefined;
    return Promise.resolve({
      go() {
        relay = startRelay({ store: postgresRelayStore({ connectionString: place.databaseUrl }), publisher, log });
        return Promise.resolve();
      },
      async stop() {
        await relay?.stop();
        await publisher.close();
        return relay?.status();
      },
    });
  },
};
