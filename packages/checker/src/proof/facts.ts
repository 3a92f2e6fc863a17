import type { Effect, TopicRecord } from '../evidence.ts';
import { groupBy } from '../lookup.ts';
import type { EntityRow, HandledRow, ParkedPlace, PositionRow, ProofEvidence } from './evidence.ts';
import { proofSubscriptions, type ProofSubscription, strangerKey } from './subscriptions.ts';

/** The evidence with what several checks look up in it, looked up once. */
export interface Facts {
  readonly evidence: ProofEvidence;
  /** The first record of each event, in log order, without those of strangers. */
  readonly events: readonly TopicRecord[];
  readonly eventsByOperation: ReadonlyMap<string, readonly TopicRecord[]>;
  readonly strangers: readonly TopicRecord[];
  readonly followers: readonly Follower[];
}

/** A consumer with what is its own in the evidence. */
export interface Follower extends ProofSubscription {
  /** Events of its topics that it handles, in log order. */
  readonly due: readonly TopicRecord[];
  /** Lines of the ledger, by event id, in the order in which they were written. */
  readonly effects: ReadonlyMap<string, readonly Effect[]>;
  readonly inbox: ReadonlyMap<string, HandledRow>;
  readonly parked: readonly ParkedPlace[];
  readonly entities: ReadonlyMap<string, EntityRow>;
  readonly positions: readonly PositionRow[];
}

export function factsOf(evidence: ProofEvidence): Facts {
  const strangers = evidence.records.filter(({ key }) => key.startsWith(strangerKey));
  const seen = new Set<string>();
  const events = evidence.records.filter((record) => {
    if (record.problem !== undefined || record.key.startsWith(strangerKey) || seen.has(record.id)) return false;
    return seen.add(record.id);
  });
  const eventsByOperation = groupBy(
    events.filter(({ data }) => typeof data?.['operation'] === 'string'),
    ({ data }) => String(data?.['operation']),
  );
  return {
    evidence,
    events,
    eventsByOperation,
    strangers,
    followers: proofSubscriptions.map((each) => followerOf(each, evidence, events)),
  };
}

function followerOf(
  subscription: ProofSubscription,
  { databases }: ProofEvidence,
  events: readonly TopicRecord[],
): Follower {
  const tables = databases.get(subscription.database);
  const own = <T extends { readonly consumer: string }>(rows: readonly T[] = []) =>
    rows.filter(({ consumer }) => consumer === subscription.consumer);
  return {
    ...subscription,
    due: events.filter(({ topic, type }) => subscription.topics.includes(topic) && subscription.types.includes(type)),
    effects: groupBy(own(tables?.effects), ({ eventId }) => eventId),
    inbox: new Map(own(tables?.inbox).map((row) => [row.eventId, row])),
    parked: own(tables?.parked),
    entities: new Map(own(tables?.entities).map((row) => [entityKey(row), row])),
    positions: own(tables?.positions),
  };
}

export function entityKey(of: { readonly aggregateType: string; readonly aggregateId: string }): string {
  return `${of.aggregateType} ${of.aggregateId}`;
}

/** Where a record lies, as one text. */
export function placeOf({ topic, partition, offset }: TopicRecord): string {
  return `${topic}/${partition}/${offset}`;
}

/** Whether a version lies in one of the ranges. */
export function isHole(entity: EntityRow, version: number): boolean {
  return entity.holes.some(([first, last]) => first <= version && version <= last);
}
