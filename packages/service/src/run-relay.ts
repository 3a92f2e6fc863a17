import { kafkaPublisher } from '@waybill/kafka';
import { startRelay } from '@waybill/messaging';
import { migrate, postgresRelayStore } from '@waybill/postgres';
import { createLogger, startTelemetry, telemetryStarted } from '@waybill/telemetry';
import { startTask } from './background-task.ts';
import type { RelayConfig } from './config.ts';
import { databaseAnswers, waitFor } from './lifecycle/dependencies.ts';
import { PausableRelay } from './lifecycle/pausable-relay.ts';
import { lookEveryMs, Pauses } from './lifecycle/pauses.ts';
import { createPool } from './lifecycle/pool.ts';
import { stopInOrder } from './lifecycle/shutdown.ts';
import type { Stoppable } from './run-service.ts';
import { runUntilSignal } from './run-service.ts';

/** Runs a relay alone as this process, beside services with `RELAY=off` or others with a relay of their own. */
export async function runRelay(config: RelayConfig): Promise<void> {
  const log = createLogger({ service: 'relay', level: config.LOG_LEVEL });
  const stopping = new AbortController();
  await runUntilSignal(log, stopping, async (): Promise<Stoppable> => {
    if (!telemetryStarted()) {
      startTelemetry({ serviceName: 'relay', otlpEndpoint: config.OTEL_EXPORTER_OTLP_ENDPOINT });
    }
    const pool = createPool({ connectionString: config.DATABASE_URL, name: 'waybill relay', log, max: 2 });
    const publisher = kafkaPublisher({ brokers: config.KAFKA_BROKERS, clientId: 'waybill-relay', log });
    const relay = new PausableRelay(() =>
      startRelay({ store: postgresRelayStore({ connectionString: config.DATABASE_URL }), publisher, log }),
    );
    const pauses = new Pauses(pool);
    const follow = async () => {
      await pauses.look();
      await relay.follow(pauses.relayState);
    };
    try {
      await waitFor('the database', () => databaseAnswers(pool), { log, signal: stopping.signal });
      await migrate(pool, { mode: config.MIGRATE });
      await follow();
    } catch (error) {
      await Promise.all([pool.end(), publisher.close()]);
      throw error;
    }
    const following = startTask(
      { name: 'pauses', intervalMs: lookEveryMs, longestBackoffMs: lookEveryMs, run: follow },
      log,
    );
    return {
      stop: (deadlineMs = 15_000) =>
        stopInOrder(
          [
            { name: 'pauses', stop: () => following.stop() },
            { name: 'relay', stop: () => relay.stop(deadlineMs * 0.8) },
            { name: 'broker', stop: () => publisher.close() },
            { name: 'database', stop: () => pool.end() },
          ],
          deadlineMs,
          log,
        ),
    };
  });
}
