import { randomUUID } from 'node:crypto';
import type { ConsumerDefinition, Queryable } from '@waybill/messaging';
import { TopicRangeReadError } from '@waybill/kafka';
import { insertJob } from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import type { DryRun, StartJob } from './api.ts';
import { consumerNamed, type Desk } from './desk.ts';
import type { OnBehalf, Performed } from './performed.ts';
import { offsetsIn } from './replay-checkpoint.ts';
import { replayRanges } from './replay-feed.ts';
import { needTopic } from './replay-selection.ts';

type StartShadow = Extract<StartJob, { kind: 'shadow' }>;

/**
 * How much a shadow would read at most. It needs nobody's agreement, since nothing of what it does stays.
 * @throws {ProblemError} 404 or 409 when there is no such consumer, it declares no shadow, or it does not take events from the
 * topic; 503 when the topic cannot be read now.
 */
export async function dryRunOfShadow(db: Queryable, desk: Desk, job: StartShadow): Promise<DryRun> {
  const definition = consumerNamed(desk, job.consumer);
  needShadow(definition);
  needTopic(definition, job.selection.topic);
  const total = Number(offsetsIn(await rangesOf(db, desk, definition, job)));
  return {
    ...{ total, estimate: 'at-most', entities: 0, behind: 0, types: [], needsApproval: false },
    estimatedSeconds: Math.ceil(total / job.pace.perSecond + job.pace.rampSeconds / 2),
  };
}

/** @throws {ProblemError} 409 when the consumer declares no shadow. */
export function needShadow({ name, shadow }: ConsumerDefinition): void {
  if (shadow.handlers.length > 0) return;
  throw problem(409, {
    code: 'ops.no-shadow',
    detail: `${name} declares no handlers as its shadow. Declare them as "shadow" in its definition, deploy that, and try again.`,
  });
}

/** What it reads is settled in its first step, which may ask the brokers; this transaction does not. */
export async function beginShadow(
  tx: Queryable,
  { kind, consumer, selection, pace, reason }: StartShadow,
  { actor, approvedBy }: OnBehalf,
): Promise<Performed & { readonly job: string }> {
  const id = randomUUID();
  await insertJob(tx, {
    ...{ id, kind, consumer, selection, pace, reason, total: 0, checkpoint: {} },
    ...{ actor, approvedBy },
  });
  return {
    job: id,
    ...{ action: 'job.start', target: `job/${id}`, reason, result: 'started' },
    details: { kind, consumer, selection, pace },
  };
}

async function rangesOf(db: Queryable, { replays }: Desk, definition: ConsumerDefinition, { selection }: StartShadow) {
  try {
    return await replayRanges(replays, db, definition, selection);
  } catch (error) {
    if (!(error instanceof TopicRangeReadError)) throw error;
    throw problem(503, {
      code: 'ops.topic-unreadable',
      detail: `${selection.topic} cannot be read now. Try again once the brokers answer.`,
      cause: error,
    });
  }
}
