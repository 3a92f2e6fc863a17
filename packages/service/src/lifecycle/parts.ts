import type { Queryable, Relay, RunningConsumer } from '@waybill/messaging';
import type { HealthPart } from '../http/health.ts';

/** Milliseconds within which the database must answer a probe. */
const probeMs = 2_000;

/** Ready when the database answers. */
export function databasePart(db: Queryable): HealthPart {
  return {
    name: 'database',
    dead: () => undefined,
    async notReady() {
      const { promise: late, resolve } = Promise.withResolvers<'late'>();
      const timer = setTimeout(() => resolve('late'), probeMs);
      try {
        const answered = await Promise.race([db.query('SELECT 1').then(() => 'yes' as const), late]);
        return answered === 'late' ? `does not answer within ${probeMs} ms` : undefined;
      } catch {
        return 'does not answer';
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

/**
 * Ready while it consumes, or stands still because somebody said so or a dependency is down: a service that was paused has to
 * start, and to answer, all the same. Dead when it cannot go on.
 */
export function consumerPart(consumer: RunningConsumer): HealthPart {
  return {
    name: `consumer ${consumer.status().name}`,
    dead: () => (consumer.status().state === 'failed' ? 'it cannot go on; see the log' : undefined),
    notReady() {
      const { state } = consumer.status();
      return state === 'consuming' || state === 'paused' ? undefined : `is ${state}`;
    },
  };
}

/** Ready while it is connected; a relay never dies by itself. */
export function relayPart(relay: Relay): HealthPart {
  return {
    name: 'relay',
    dead: () => undefined,
    notReady: () => (relay.status().connected ? undefined : 'is not connected to the database'),
  };
}
