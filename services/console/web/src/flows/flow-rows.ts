import type { ConsumerView, Overview } from '@waybill/service/operations';
import type { OverviewBody, Problem } from '../api/bodies.ts';
import { isLate } from './flow-words.ts';

type Relay = NonNullable<Overview['relay']>;

/** One row of the overview: a consumer, the publishing of a service, or a service that does not answer. */
export type FlowRow =
  | { readonly kind: 'consumer'; readonly service: string; readonly consumer: ConsumerView }
  | { readonly kind: 'relay'; readonly service: string; readonly relay: Relay }
  | { readonly kind: 'silent'; readonly service: string; readonly problem: Problem };

/** Publishing that is further behind than this needs a person: ten times the objective of a second. */
const lateRelayMs = 10_000;

/** A name of a row that stays the same from one answer to the next. */
export function flowKey(row: FlowRow): string {
  return `${row.kind}/${row.service}/${row.kind === 'consumer' ? row.consumer.name : ''}`;
}

/** All flows, worst first: silent services, flows that need a person, late ones, paused ones, those that retry, the others by name. */
export function flowRows(body: OverviewBody): readonly FlowRow[] {
  const rows = body.services.flatMap((answer): FlowRow[] => {
    if (!('overview' in answer)) return [{ kind: 'silent', service: answer.service, problem: answer.problem }];
    const { service, overview } = answer;
    const consumers = overview.consumers.map((consumer): FlowRow => ({ kind: 'consumer', service, consumer }));
    if (overview.relay === undefined) return consumers;
    return [...consumers, { kind: 'relay', service, relay: overview.relay }];
  });
  return rows.toSorted((a, b) => severity(b) - severity(a) || flowKey(a).localeCompare(flowKey(b)));
}

/** Whether somebody must do something, so that this flow goes on. */
export function needsPerson(row: FlowRow): boolean {
  switch (row.kind) {
    case 'silent':
      return true;
    case 'relay':
      return row.relay.held > 0 || (pauseOfAll(row.relay) === undefined && isStuck(row.relay));
    case 'consumer':
      return row.consumer.dead > 0 || ['failed', 'stopped', 'unhealthy'].includes(row.consumer.state);
  }
}

/** Whether events come later than is promised, and nobody has to do anything about it. */
export function isBehind(row: FlowRow): boolean {
  return row.kind === 'consumer' && isLate(row.consumer.flow) && !needsPerson(row);
}

/** Whether somebody said that it shall stand still. */
export function isPaused(row: FlowRow): boolean {
  if (row.kind === 'consumer') return row.consumer.pause !== undefined;
  return row.kind === 'relay' && row.relay.pauses.length > 0;
}

/** The pause that holds all of a relay, and not one of its shards. */
export function pauseOfAll({ pauses }: Relay): Relay['pauses'][number] | undefined {
  return pauses.find(({ name }) => name === '*');
}

function isStuck(relay: Relay): boolean {
  return !relay.connected || relay.lagMs > lateRelayMs;
}

/** Larger is worse; the first part tells the kinds apart, the second how many are hurt. */
function severity(row: FlowRow): number {
  if (row.kind === 'silent') return 4e9;
  const hurt = row.kind === 'relay' ? row.relay.held : row.consumer.blockedEntities + row.consumer.dead;
  const size = Math.min(hurt, 9e8);
  if (needsPerson(row)) return 3e9 + size + criticalFirst(row);
  if (isBehind(row)) return 2.5e9 + size + criticalFirst(row) / 2;
  if (isPaused(row)) return 2e9 + size / 2;
  const moving = row.kind === 'consumer' ? row.consumer.retrying + row.consumer.waiting : 0;
  return moving > 0 ? 1e9 + Math.min(moving, 9e8) : 0;
}

function criticalFirst(row: FlowRow): number {
  return row.kind === 'consumer' && row.consumer.criticality === 'critical' ? 5e8 : 0;
}
