import { consumer, on } from '@waybill/messaging';
import { type RunningService, serviceConfig, startService } from '@waybill/service';
import type { Program } from '../../process/program.ts';
import { measuredContract } from '../../world/event.ts';
import type { Place } from '../../world/place.ts';

/** A whole service with its relay, one consumer, its operations API, its tasks and its probes, to which nothing happens. */
export function restingService(place: Place): Program {
  const contract = measuredContract(place.topic);
  let service: RunningService | undefined;
  return {
    async go() {
      service = await startService({
        name: 'bench',
        config: serviceConfig.parse({
          DATABASE_URL: place.databaseUrl,
          KAFKA_BROKERS: place.brokers.join(','),
          SCHEMA_REGISTRY_URL: place.registryUrl,
          HTTP_PORT: 0,
          SERVICE_TOKEN: 'only-for-the-bench',
          OPS_SECRET: 'only-for-the-bench-and-for-nothing-else',
          LOG_LEVEL: 'warn',
        }),
        migrations: [],
        publishes: [contract],
        consumers: () => [
          consumer({
            name: 'bench.projection',
            kind: 'projection',
            handlers: [on(contract, () => undefined)],
          }),
        ],
      });
    },
    stop: async () => service?.stop(),
  };
}
