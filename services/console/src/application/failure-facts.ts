import { consumer, type ConsumerDefinition, on, onBatch, type Queryable } from '@waybill/messaging';
import {
  ConsumerPausedV1,
  ConsumerResumedV1,
  EventFailedV1,
  EventRecoveredV1,
  EventRedrivenV1,
  EventSkippedV1,
} from '@waybill/schemas';
import { changeOf, failureChange, type FailureChange } from '../domain/failure-facts.ts';

/** That a consumer stands still, or goes on. Who had it do so is not kept. */
export interface PauseChange {
  readonly service: string;
  readonly consumer: string;
  readonly cause: 'PERSON' | 'DEPENDENCY';
  /** Empty for the pause of one consumer. */
  readonly dependency: string;
  readonly reason: string;
  readonly until: Date | undefined;
  readonly pausedAt: Date;
  readonly resumedAt: Date | undefined;
  /** The fact's place among those of the same consumer. */
  readonly place: number;
}

/** Where what facts tell is kept, in the transaction that notes them as handled. */
export interface SaveFailures {
  changes(tx: Queryable, changes: readonly FailureChange[]): Promise<void>;
  pause(tx: Queryable, change: PauseChange): Promise<void>;
}

export const failureFactsName = 'console.failures';

/** The longest that a consumer without order may have; their topics keep facts for half of it. */
const horizonMs = 60 * 86_400_000;

/**
 * Has what fails in all services in the console's database, from the oldest fact that the topics hold on.
 *
 * Without order: each fact carries its place among those of its event, so that what comes late changes nothing; ordered,
 * an event whose first facts the topic has dropped would have its producer asked.
 */
export function failureFacts(save: SaveFailures, name: string = failureFactsName): ConsumerDefinition {
  return consumer({
    ...{ name, kind: 'reaction', from: 'beginning', criticality: 'deferrable', tracing: 'none' },
    ordering: { by: 'none', horizonMs },
    handlers: [
      onBatch(EventFailedV1, (events, { tx }) =>
        save.changes(
          tx,
          events.map((event) => failureChange(event, event.data)),
        ),
      ),
      onBatch(EventRecoveredV1, (events, { tx }) =>
        save.changes(
          tx,
          events.map((event) => {
            const { entry, attempts, recoveredAt } = event.data;
            return changeOf(event, entry, { state: 'recovered', at: recoveredAt, attempts });
          }),
        ),
      ),
      onBatch(EventRedrivenV1, (events, { tx }) =>
        save.changes(
          tx,
          events.map((event) => changeOf(event, event.data.entry, { state: 'redriven', at: event.data.redrivenAt })),
        ),
      ),
      onBatch(EventSkippedV1, (events, { tx }) =>
        save.changes(
          tx,
          events.map((event) => changeOf(event, event.data.entry, { state: 'skipped', at: event.data.skippedAt })),
        ),
      ),
      on(ConsumerPausedV1, async ({ data, aggregateVersion: place }, { tx }) => {
        const { service, reason, until, pausedAt } = data;
        const pause = { service, consumer: data.consumer, cause: data.cause, dependency: data.dependency ?? '' };
        await save.pause(tx, { ...pause, reason, until: until ?? undefined, pausedAt, resumedAt: undefined, place });
      }),
      on(ConsumerResumedV1, async ({ data, aggregateVersion: place }, { tx }) => {
        const { service, reason, resumedAt } = data;
        const pause = { service, consumer: data.consumer, cause: data.cause, dependency: data.dependency ?? '' };
        await save.pause(tx, {
          ...{ ...pause, reason: reason ?? '', until: undefined, pausedAt: resumedAt, resumedAt, place },
        });
      }),
    ],
  });
}
