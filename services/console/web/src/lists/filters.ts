import type { FailureGroup, ParkedSelection, ParkedSummary } from '@waybill/service/operations';
import { knownStates } from '../failures/known-words.ts';
import { filterFrom, type Filter } from './address.ts';

export type FailureFilter = Filter<'service' | 'consumer' | 'state' | 'q'>;
export type EntryFilter = Filter<'state' | 'type' | 'aggregateId' | 'assignee' | 'since' | 'until'>;
export type AuditFilter = Filter<'service' | 'actor' | 'action' | 'target'>;
export type StateFilter = Filter<'state'>;
export type KnownFilter = Filter<'service' | 'consumer' | 'state' | 'fingerprint' | 'q'>;

const states: readonly string[] = ['waiting', 'retrying', 'dead'];

/** The filter of the list of failures from its address. */
export function failureFilter(search: Readonly<Record<string, unknown>>): FailureFilter {
  return knownState(filterFrom(search, ['service', 'consumer', 'state', 'q']));
}

/** The filter of a list of parked entries from its address. */
export function entryFilter(search: Readonly<Record<string, unknown>>): EntryFilter {
  return knownState(filterFrom(search, ['state', 'type', 'aggregateId', 'assignee', 'since', 'until']));
}

/** The filter of the failed events of all services from its address. */
export function knownFilter(search: Readonly<Record<string, unknown>>): KnownFilter {
  const filter = filterFrom(search, ['service', 'consumer', 'state', 'fingerprint', 'q']);
  if (filter.state === undefined || knownStates.some(({ value }) => value === filter.state)) return filter;
  const { state: _unknown, ...rest } = filter;
  return rest;
}

/** The filter of the audit trail from its address. */
export function auditFilter(search: Readonly<Record<string, unknown>>): AuditFilter {
  return filterFrom(search, ['service', 'actor', 'action', 'target']);
}

/** The filter of jobs and approvals from their addresses. */
export function stateFilter(search: Readonly<Record<string, unknown>>): StateFilter {
  return filterFrom(search, ['state']);
}

/** Whether a group of failures belongs to what the filter asks for; `q` is looked for in message, code and types. */
export function groupFits(group: FailureGroup & { readonly service: string }, filter: FailureFilter): boolean {
  if (filter.service !== undefined && group.service !== filter.service) return false;
  if (filter.consumer !== undefined && group.consumer !== filter.consumer) return false;
  if (filter.state === 'dead' && group.dead === 0) return false;
  if (filter.state === 'retrying' && group.retrying === 0) return false;
  if (filter.q === undefined) return true;
  const text = [group.message, group.errorCode, group.errorType, group.consumer, ...group.types].join('\n');
  return text.toLowerCase().includes(filter.q.toLowerCase());
}

/** What a job takes when it takes what a list shows. */
export function selectionOf(
  consumer: string,
  fingerprint: string | undefined,
  filter: EntryFilter,
): ParkedSelection & { readonly consumer: string } {
  const { state, ...rest } = filter;
  return {
    consumer,
    ...(fingerprint === undefined ? {} : { fingerprint }),
    ...rest,
    ...(state === undefined ? {} : { state: state as ParkedSummary['state'] }),
  };
}

/** A filter in words, for the sentence before an action: `dead, of type OrderPlaced`. Empty when nothing restricts. */
export function filterWords(filter: EntryFilter): string {
  const parts = [
    filter.state,
    filter.type === undefined ? undefined : `of type ${filter.type}`,
    filter.aggregateId === undefined ? undefined : `of ${filter.aggregateId}`,
    filter.assignee === undefined ? undefined : `assigned to ${filter.assignee}`,
    filter.since === undefined ? undefined : `parked since ${filter.since}`,
    filter.until === undefined ? undefined : `parked until ${filter.until}`,
  ];
  return parts.filter((part) => part !== undefined).join(', ');
}

function knownState<F extends { readonly state?: string | undefined }>(filter: F): F {
  if (filter.state === undefined || states.includes(filter.state)) return filter;
  const { state: _unknown, ...rest } = filter;
  return rest as F;
}
