import type { ConsumedEventV1, EventFailedV1Data } from '@waybill/schemas';

/** How a failed event stands. `gone`: its service does not have it any more, and no fact has told what became of it. */
export const failureStates = ['retrying', 'dead', 'redriven', 'recovered', 'skipped', 'gone'] as const;
export type FailureState = (typeof failureStates)[number];

/** An event as one consumer of one service has it. */
export interface FailedEvent {
  readonly service: string;
  readonly consumer: string;
  readonly eventId: string;
  /** Of its entity; 0 where it could not be read. */
  readonly version: number;
  /** Empty where it could not be read, as are the two after it. */
  readonly type: string;
  readonly aggregateType: string;
  readonly aggregateId: string;
  readonly tenant: string;
  readonly correlationId: string | undefined;
}

/** What went wrong with it. */
export interface Failure {
  readonly errorType: string | undefined;
  readonly errorCode: string | undefined;
  /** Personal values are masked in it. */
  readonly message: string | undefined;
  readonly fingerprint: string | undefined;
  readonly holdsEntity: boolean;
  /** Its number in its service's queue. */
  readonly parkedId: string | undefined;
  readonly topic: string | undefined;
  readonly partition: number | undefined;
  readonly offset: string | undefined;
  readonly occurredAt: Date | undefined;
}

/** Something that was told of a failed event. */
export interface FailureChange {
  readonly event: FailedEvent;
  readonly state: FailureState;
  readonly at: Date;
  /** The fact's place among those of the same event and consumer. */
  readonly place: number;
  /** Undefined where it is not told. */
  readonly attempts: number | undefined;
  /** Undefined for what is told of an event that failed before. */
  readonly failure: Failure | undefined;
}

/** What a fact's envelope has that counts here. */
interface Told {
  readonly aggregateVersion: number;
}

/** What becomes of an event after it failed. Who did it, and why, is in the audit trail of its service, and not kept here. */
export function changeOf(
  { aggregateVersion: place }: Told,
  entry: ConsumedEventV1,
  became: Pick<FailureChange, 'state' | 'at'> & { readonly attempts?: number },
): FailureChange {
  const { state, at, attempts } = became;
  return { event: failedEvent(entry), state, at, place, attempts, failure: undefined };
}

export function failureChange(told: Told, data: EventFailedV1Data): FailureChange {
  const { state, failedAt, attempts, holdsEntity } = data;
  const failure: Failure = {
    errorType: storable(data.errorType),
    errorCode: storable(data.errorCode),
    message: storable(data.message),
    fingerprint: data.fingerprint,
    holdsEntity,
    parkedId: data.parkedId ?? undefined,
    topic: data.topic ?? undefined,
    partition: data.partition ?? undefined,
    offset: data.offset?.toString(),
    occurredAt: data.occurredAt ?? undefined,
  };
  const became = { state: state === 'DEAD' ? 'dead' : 'retrying', at: failedAt, attempts } as const;
  return { ...changeOf(told, data.entry, became), failure };
}

function failedEvent(entry: ConsumedEventV1): FailedEvent {
  return {
    service: storable(entry.service),
    consumer: storable(entry.consumer),
    eventId: storable(entry.eventId),
    version: Number(entry.aggregateVersion ?? 0n),
    type: storable(entry.eventType ?? ''),
    aggregateType: storable(entry.aggregateType ?? ''),
    aggregateId: storable(entry.aggregateId ?? ''),
    tenant: storable(entry.tenant),
    correlationId: entry.correlationId === null ? undefined : storable(entry.correlationId),
  };
}

/** PostgreSQL keeps no NUL in a text. */
function storable(text: string): string {
  return text.replaceAll('\0', '');
}

/** What was told of one event by several facts: the latest, with what only the ones before it tell. */
export interface LatestChange extends FailureChange {
  readonly firstAt: Date;
  /** How many of the facts were redrives. */
  readonly redrives: number;
}

/** The changes of a batch as one for each event, so that one statement can write them. */
export function latestChanges(changes: readonly FailureChange[]): readonly LatestChange[] {
  const ofEach = Map.groupBy(changes, ({ event: { service, consumer, eventId, version } }) =>
    JSON.stringify([service, consumer, eventId, version]),
  );
  return [...ofEach.values()].flatMap((told) => {
    const inOrder = told.toSorted((one, other) => one.place - other.place);
    const last = inOrder.at(-1);
    if (last === undefined) return [];
    const failure = inOrder.findLast((one) => one.failure !== undefined)?.failure;
    const firstAt = inOrder.reduce((first, { at }) => (at < first ? at : first), last.at);
    return [{ ...last, failure, firstAt, redrives: inOrder.filter(({ state }) => state === 'redriven').length }];
  });
}
