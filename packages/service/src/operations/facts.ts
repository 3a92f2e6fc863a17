import type { AnyContract, Contract } from '@waybill/contracts';
import {
  type ConsumedEvent,
  type DependencyPause,
  type EventFailure,
  type EventRecovery,
  fact,
  fingerprintOf,
  type OperationalFacts,
  type Outbox,
  type Queryable,
} from '@waybill/messaging';
import { markFailuresTold, takeAuditHead, type ToldFailure } from '@waybill/postgres';
import type * as data from './facts-data.ts';
import { consumerId, entryId, entryOf, optionalText, text } from './facts-data.ts';
import type { OnBehalf } from './performed.ts';

/** The contracts by which a service publishes what happens in its operation; `operationalFacts` of the schemas has them. */
export interface FactContracts {
  readonly eventFailed: Contract<data.EventFailed>;
  readonly eventRecovered: Contract<data.EventRecovered>;
  readonly eventRedriven: Contract<data.EventRedriven>;
  readonly eventSkipped: Contract<data.EventSkipped>;
  readonly consumerPaused: Contract<data.ConsumerPaused>;
  readonly consumerResumed: Contract<data.ConsumerResumed>;
  readonly auditTrailExtended: Contract<data.AuditTrailExtended>;
}

/** The contracts that must be registered so that facts can be published. */
export function contractsOfFacts(contracts: FactContracts | undefined): readonly AnyContract[] {
  return contracts === undefined ? [] : Object.values<AnyContract>({ ...contracts });
}

/** Where a person finds it: in the service's queue, and in the log. */
function placeOf(told: ToldFailure | undefined): Pick<data.EventFailed, 'parkedId' | 'topic' | 'partition' | 'offset'> {
  const { parkedId, topic, partition, offset } = told ?? {};
  if (topic === undefined || partition === undefined || offset === undefined)
    return { parkedId: parkedId ?? null, topic: null, partition: null, offset: null };
  return { parkedId: parkedId ?? null, topic: text(topic), partition, offset: BigInt(offset) };
}

/** What a person had done, as far as it is a fact for others. */
export type Told =
  | { readonly what: 'redriven'; readonly event: ConsumedEvent; readonly how: data.EventRedriven['how'] }
  | { readonly what: 'skipped'; readonly event: ConsumedEvent }
  | { readonly what: 'paused'; readonly consumer: string; readonly dependency?: string; readonly until: Date }
  | { readonly what: 'resumed'; readonly consumer: string; readonly dependency?: string };

/** Why it was done, and by which job. */
export interface ToldWith {
  readonly reason: string | undefined;
  readonly job?: string;
}

/**
 * What happens in a service's operation, published as events through its own outbox: each in the transaction that makes it
 * so. Nothing that is told can be refused: texts are cut to their limits and made well formed first.
 */
export class ServiceFacts implements OperationalFacts {
  readonly #service: string;
  readonly #outbox: Pick<Outbox, 'publishAll'>;
  readonly #contracts: FactContracts;

  constructor(service: string, outbox: Pick<Outbox, 'publishAll'>, contracts: FactContracts) {
    this.#service = service;
    this.#outbox = outbox;
    this.#contracts = contracts;
  }

  async failed(tx: Queryable, failures: readonly EventFailure[], which: 'untold' | 'all'): Promise<void> {
    const service = this.#service;
    const places = await markFailuresTold(
      tx,
      failures.map(({ event }) => event),
    );
    const told = which === 'all' ? failures : failures.filter(({ event }) => places.get(event.eventId)?.isNew === true);
    const facts = told.map(({ event, state, failure, attempts, holdsEntity }) =>
      fact(this.#contracts.eventFailed, {
        aggregateId: entryId(service, event),
        data: {
          entry: entryOf(service, event),
          state: state === 'dead' ? 'DEAD' : 'RETRYING',
          ...{ errorType: text(failure.type), errorCode: text(failure.code), message: text(failure.message) },
          ...{ fingerprint: fingerprintOf(failure), attempts, holdsEntity, failedAt: new Date() },
          ...{ ...placeOf(places.get(event.eventId)), occurredAt: event.time ?? null },
        },
      }),
    );
    await this.#outbox.publishAll(tx, facts);
  }

  async recovered(tx: Queryable, recoveries: readonly EventRecovery[]): Promise<void> {
    const facts = recoveries.map(({ event, how, attempts }) =>
      fact(this.#contracts.eventRecovered, {
        aggregateId: entryId(this.#service, event),
        data: {
          entry: entryOf(this.#service, event),
          how: how === 'handled' ? 'HANDLED' : 'SUPERSEDED',
          ...{ attempts, recoveredAt: new Date() },
        },
      }),
    );
    await this.#outbox.publishAll(tx, facts);
  }

  async paused(tx: Queryable, { consumer, dependency }: DependencyPause): Promise<void> {
    const because = { cause: 'DEPENDENCY', dependency: text(dependency), actor: null } as const;
    const pausedAt = new Date();
    const reason = text(`${dependency} is down`);
    const published = fact(this.#contracts.consumerPaused, {
      aggregateId: consumerId(this.#service, consumer),
      data: { service: this.#service, consumer: text(consumer), ...because, reason, until: null, pausedAt },
    });
    await this.#outbox.publishAll(tx, [published]);
  }

  async resumed(tx: Queryable, { consumer, dependency }: DependencyPause): Promise<void> {
    const because = { cause: 'DEPENDENCY', dependency: text(dependency), actor: null } as const;
    const published = fact(this.#contracts.consumerResumed, {
      aggregateId: consumerId(this.#service, consumer),
      data: { service: this.#service, consumer: text(consumer), ...because, reason: null, resumedAt: new Date() },
    });
    await this.#outbox.publishAll(tx, [published]);
  }

  /** What a person did, in the transaction that does it. */
  async operated(tx: Queryable, by: OnBehalf, told: readonly Told[], why: ToldWith): Promise<void> {
    await this.#outbox.publishAll(
      tx,
      told.map((one) => this.#operated(by, one, why)),
    );
  }

  /** Publishes where the audit trail ends, if it grew since that was published last. */
  async auditHead(tx: Queryable): Promise<void> {
    const head = await takeAuditHead(tx);
    if (head === undefined) return;
    const published = fact(this.#contracts.auditTrailExtended, {
      aggregateId: this.#service,
      data: { service: this.#service, seq: BigInt(head.seq), hash: head.hash, at: new Date() },
    });
    await this.#outbox.publishAll(tx, [published]);
  }

  #operated(by: OnBehalf, told: Told, { reason, job }: ToldWith) {
    const service = this.#service;
    const actor = text(by.actor);
    const people = { actor, approvedBy: optionalText(by.approvedBy) };
    const at = new Date();
    switch (told.what) {
      case 'redriven':
        return fact(this.#contracts.eventRedriven, {
          aggregateId: entryId(service, told.event),
          data: {
            ...{ entry: entryOf(service, told.event), how: told.how, ...people },
            ...{ reason: optionalText(reason), job: job ?? null, redrivenAt: at },
          },
        });
      case 'skipped':
        return fact(this.#contracts.eventSkipped, {
          aggregateId: entryId(service, told.event),
          data: { entry: entryOf(service, told.event), ...people, reason: text(reason ?? ''), skippedAt: at },
        });
      case 'paused':
      case 'resumed': {
        const dependency = optionalText(told.dependency);
        const pause = { service, consumer: text(told.consumer), cause: 'PERSON', dependency, actor } as const;
        const aggregateId = consumerId(service, told.consumer);
        return told.what === 'paused'
          ? fact(this.#contracts.consumerPaused, {
              aggregateId,
              data: { ...pause, reason: text(reason ?? ''), until: told.until, pausedAt: at },
            })
          : fact(this.#contracts.consumerResumed, {
              aggregateId,
              data: { ...pause, reason: optionalText(reason), resumedAt: at },
            });
      }
    }
  }
}
