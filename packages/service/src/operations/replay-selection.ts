import { type Envelope, eventIdTime } from '@waybill/contracts';
import {
  type ConsumerDefinition,
  type EntityKey,
  eventTopicsOf,
  type Incoming,
  type LogRecord,
  type ReplayedEvent,
} from '@waybill/messaging';
import { INBOX_RETENTION_MS } from '@waybill/postgres';
import { problem } from '../http/problem.ts';
import type { ReplaySelection } from './api.ts';

/** A published event that may be given again, as far as the record itself tells. */
export interface Candidate extends Pick<ReplayedEvent, 'key' | 'id' | 'version' | 'effect' | 'olderThanInbox'> {
  readonly record: LogRecord;
  readonly envelope: Envelope;
}

/** @throws {ProblemError} 409 when the consumer takes no events from the topic. */
export function needTopic(definition: ConsumerDefinition, topic: string): void {
  const topics = eventTopicsOf(definition);
  if (topics.includes(topic)) return;
  throw problem(409, {
    code: 'ops.not-subscribed',
    detail: `${definition.name} takes no events from ${topic}. It does from: ${topics.join(', ')}.`,
  });
}

/** What of a record may be given again; undefined when it is not selected, or there is nothing to handle. */
export function candidateOf(
  definition: ConsumerDefinition,
  selection: ReplaySelection,
  { record, incoming }: { readonly record: LogRecord; readonly incoming: Incoming },
  now: number,
): Candidate | undefined {
  if (incoming.kind !== 'event' && incoming.kind !== 'unhandled') return undefined;
  const { envelope } = incoming;
  const effect = incoming.kind === 'event' ? 'handler' : 'version-only';
  if (!isOfTime(selection, record.timestamp)) return undefined;
  if (selection.aggregateId !== undefined && selection.aggregateId !== envelope.aggregateId) return undefined;
  // What only counts is needed by those behind it: a consumer from now on may not have seen what lies before its beginning.
  const isNeeded = effect === 'version-only' && definition.from === 'now';
  if (!isNeeded && !isNamed(selection, envelope)) return undefined;
  const { tenant, aggregateType, aggregateId, id, aggregateVersion: version } = envelope;
  const key: EntityKey = { tenant, aggregateType, aggregateId };
  return { key, id, version, effect, record, envelope, olderThanInbox: isForgotten(envelope, now) };
}

function isNamed({ types, correlationId }: ReplaySelection, envelope: Envelope): boolean {
  if (types !== undefined && !types.includes(envelope.type)) return false;
  return correlationId === undefined || correlationId === envelope.correlationId;
}

function isOfTime({ since, until }: ReplaySelection, timestamp: number): boolean {
  if (since !== undefined && timestamp < Date.parse(since)) return false;
  return until === undefined || timestamp < Date.parse(until);
}

/** By its id and by its time: either may have put it where what is old is dropped. */
function isForgotten({ id, time }: Envelope, now: number): boolean {
  const oldest = now - INBOX_RETENTION_MS;
  return (eventIdTime(id)?.getTime() ?? time.getTime()) < oldest || time.getTime() < oldest;
}
