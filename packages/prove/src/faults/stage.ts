import type { EnvironmentComponent } from '@waybill/infra';
import type { KafkaConnection } from '@waybill/kafka';
import type { Fleet } from '../fleet/fleet.ts';
import type { TcpProxy } from '../network/tcp-proxy.ts';
import type { Random } from '../random.ts';
import type { RunClock } from './run-clock.ts';
import type { PlannedFault } from './schedule.ts';

/** What faults are done to. */
export interface FaultStage {
  readonly fleet: Fleet;
  /** Servers that can be killed and brought back. */
  readonly servers: readonly EnvironmentComponent[];
  /** Those that are away now, and cannot be killed again. */
  readonly down: Set<string>;
  /** Between the workload and the two servers. */
  readonly links: Readonly<Record<'kafka' | 'postgres', TcpProxy>>;
  /** Leads to the broker directly. */
  readonly broker: KafkaConnection;
  /** A database by its name, directly. */
  readonly databaseUrl: (database: string) => string;
  readonly random: Random;
  readonly clock: RunClock;
  /** Aborts when faults must end now. */
  readonly signal: AbortSignal;
}

/** Does a fault and undoes it; resolves when it is over. Answers what it did, for people. */
export type Injector = (stage: FaultStage, fault: PlannedFault) => Promise<string>;

/** Waits for as long as a fault lasts; ends early, without an error, when faults must end. */
export async function lasting(stage: Pick<FaultStage, 'signal'>, ms: number): Promise<void> {
  if (stage.signal.aborted) return;
  await new Promise<void>((resolve) => {
    const done = () => {
      clearTimeout(timer);
      stage.signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    stage.signal.addEventListener('abort', done, { once: true });
  });
}

/** Waits until the clock of the run says so; ends early, without an error, when faults must end. */
export async function until(stage: Pick<FaultStage, 'clock' | 'signal'>, atMs: number): Promise<void> {
  while (!stage.signal.aborted && stage.clock.elapsedMs < atMs) {
    await lasting(stage, Math.min(200, Math.max(1, atMs - stage.clock.elapsedMs)));
  }
}
