import type { ConsumerView, JobView } from '@waybill/service/operations';
import { grouped } from './counting.ts';

/** The five states that a person tells apart; each has a word, an icon and a colour. */
export type State = 'waiting' | 'retrying' | 'dead' | 'running' | 'done';

export interface StateWords {
  readonly state: State;
  /** What more there is to say: `paused by ada@example.com`. */
  readonly detail: string | undefined;
}

/** Why an event is in its entity's queue, for a person. */
export function queueReason(reason: string): string {
  return queueReasons[reason] ?? reason;
}

const queueReasons: Readonly<Record<string, string>> = {
  gap: 'an earlier event has not come yet',
  behind: 'waits behind an earlier event of its entity',
  dependency: 'what it depends on is down',
  external: 'a call to the outside has not come back',
  retry: 'will be tried again by itself',
  dead: 'failed for good, waits for a person',
};

/** How a consumer is, in one of the five states. */
export function consumerState(
  consumer: Pick<ConsumerView, 'state' | 'stateReason' | 'pause' | 'leftToDrain'>,
): StateWords {
  const { pause, leftToDrain = 0 } = consumer;
  if (pause !== undefined) {
    const by = `by ${pause.actor}: ${pause.reason}`;
    if (pause.mode === 'stop') return { state: 'waiting', detail: `paused ${by}` };
    return leftToDrain === 0
      ? { state: 'waiting', detail: `drained and paused ${by}` }
      : { state: 'running', detail: `draining, ${grouped(leftToDrain)} left; ${by}` };
  }
  const detail = consumer.stateReason;
  switch (consumer.state) {
    case 'consuming':
      return { state: 'running', detail };
    case 'starting':
      return { state: 'waiting', detail: detail ?? 'starting' };
    case 'paused':
      return { state: 'waiting', detail: detail ?? 'paused' };
    case 'unhealthy':
      return { state: 'retrying', detail: detail ?? 'not healthy' };
    case 'failed':
      return { state: 'dead', detail: detail ?? 'failed' };
    case 'stopped':
      return { state: 'dead', detail: detail ?? 'stopped' };
  }
}

/** How a job is, in one of the five states. */
export function jobState(job: Pick<JobView, 'state' | 'note'>): StateWords {
  switch (job.state) {
    case 'running':
      return { state: 'running', detail: job.note };
    case 'paused':
      return { state: 'waiting', detail: job.note ?? 'paused' };
    case 'stopped':
      return { state: 'waiting', detail: job.note ?? 'stopped by itself' };
    case 'ready':
      return { state: 'waiting', detail: job.note ?? 'ready, and waits for a person' };
    case 'cancelled':
      return { state: 'done', detail: job.note ?? 'cancelled before its end' };
    case 'done':
      return { state: 'done', detail: job.note };
  }
}
