import type { ConsumerView } from '@waybill/service/operations';
import type { OverviewBody } from '../api/bodies.ts';
import { counted, listed } from '../words/counting.ts';
import { durationWords, since } from '../words/durations.ts';
import { capital, nounOf, nounsOf } from '../words/names.ts';
import { flowRows, isBehind, isPaused, needsPerson, type FlowRow } from './flow-rows.ts';
import { lagWords, promiseWords } from './flow-words.ts';

/** What the overview says first. */
export interface OverviewSentence {
  readonly tone: 'done' | 'waiting' | 'dead';
  readonly headline: string;
  /** One sentence for each thing that is behind the headline, worst first: three flows at most, then the silent services. */
  readonly details: readonly Detail[];
}

export interface Detail {
  readonly text: string;
  /** The consumer whose list shows what the sentence counts. */
  readonly flow?: { readonly service: string; readonly consumer: string };
}

/** The state of everything in one sentence: `2 flows need you`, or that all is well. */
export function overviewSentence(body: OverviewBody, now: number): OverviewSentence {
  const rows = flowRows(body);
  const silent = rows.filter((row) => row.kind === 'silent').map((row) => row.service);
  const flows = rows.filter((row) => row.kind !== 'silent');
  const needing = flows.filter(needsPerson);
  const paused = flows.filter((row) => isPaused(row) && !needsPerson(row));
  const details = [
    ...needing.slice(0, 3).map((row): Detail => ({ text: outcome(row, now), ...flowOf(row) })),
    ...(silent.length === 0
      ? []
      : [
          {
            text: `${capital(listed(silent))} ${silent.length === 1 ? 'does' : 'do'} not answer and ${silent.length === 1 ? 'is' : 'are'} not counted here.`,
          },
        ]),
  ];
  if (needing.length > 0) {
    return {
      tone: 'dead',
      headline: `${counted(needing.length, 'flow')} ${needing.length === 1 ? 'needs' : 'need'} you`,
      details,
    };
  }
  if (silent.length > 0) {
    return {
      tone: 'dead',
      headline: `${counted(silent.length, 'service')} ${silent.length === 1 ? 'does' : 'do'} not answer`,
      details,
    };
  }
  if (flows.length === 0) return { tone: 'waiting', headline: 'No flow is known yet', details: [] };
  const behind = flows.filter(isBehind);
  if (behind.length > 0) {
    return {
      tone: 'waiting',
      headline: `${counted(behind.length, 'flow')} ${behind.length === 1 ? 'is' : 'are'} behind ${behind.length === 1 ? 'its objective' : 'their objectives'}`,
      details: behind.slice(0, 3).map((row) => ({ text: behindWords(row), ...flowOf(row) })),
    };
  }
  if (paused.length > 0) {
    return {
      tone: 'waiting',
      headline: `${counted(paused.length, 'flow')} ${paused.length === 1 ? 'is' : 'are'} paused, the others move`,
      details,
    };
  }
  const isSampled = flows.every((row) => row.kind !== 'consumer' || row.consumer.flow !== undefined);
  const [one, all] = isSampled ? ['is within its objective', 'within their objectives'] : ['moves', 'move'];
  return {
    tone: 'done',
    headline: flows.length === 1 ? `The flow ${one}` : `All ${flows.length} flows ${all}`,
    details,
  };
}

/** Why a flow is behind: `orders.process: 12 s behind, 99 % within 2 s is promised.` */
function behindWords(row: FlowRow): string {
  if (row.kind !== 'consumer' || row.consumer.flow === undefined) return '';
  const { name, flow } = row.consumer;
  const { visibility } = flow;
  const now =
    lagWords(flow) ??
    (visibility === undefined
      ? 'events came late'
      : `one in twenty was visible after ${durationWords(visibility.p95Ms)}`);
  return `${name}: ${now}, ${promiseWords(flow.objective)} is promised.`;
}

function flowOf(row: FlowRow): Pick<Detail, 'flow'> {
  return row.kind === 'consumer' ? { flow: { service: row.service, consumer: row.consumer.name } } : {};
}

/** What a flow's trouble means for those who wait: `37 orders stand still in payments, the oldest for 12 min.` */
export function outcome(row: FlowRow, now: number): string {
  switch (row.kind) {
    case 'silent':
      return `${capital(row.service)} does not answer.`;
    case 'relay':
      if (row.relay.held > 0)
        return `${counted(row.relay.held, 'entity', 'entities')} of ${row.service} cannot publish.`;
      if (!row.relay.connected) return `Events of ${row.service} are not published: the relay has no connection.`;
      return `Events of ${row.service} come out late: ${counted(Math.round(row.relay.lagEvents), 'event')} wait.`;
    case 'consumer':
      return consumerOutcome(row.service, row.consumer, now);
  }
}

/** What stands still in a consumer, counted by what a person calls it. */
export function standStill(consumer: ConsumerView): string {
  const topic = consumer.topics.length === 1 ? consumer.topics[0] : undefined;
  const count = consumer.blockedEntities;
  if (topic === undefined) return counted(count, 'entity', 'entities');
  return counted(count, nounOf(topic), nounsOf(topic));
}

function consumerOutcome(service: string, consumer: ConsumerView, now: number): string {
  if (consumer.dead === 0) return `${consumer.name} does not consume: ${consumer.stateReason ?? consumer.state}.`;
  const oldest = consumer.oldestDeadAt === undefined ? '' : `, the oldest for ${since(consumer.oldestDeadAt, now)}`;
  if (consumer.blockedEntities === 0) {
    return `${counted(consumer.dead, 'event')} failed for good in ${service}${oldest}.`;
  }
  const verb = consumer.blockedEntities === 1 ? 'stands' : 'stand';
  return `${standStill(consumer)} ${verb} still in ${service}${oldest}.`;
}
